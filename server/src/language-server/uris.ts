/** URIs as text: the schemes of virtual workspaces have rules of their own, but all have slashes. */

/** The folder of a document, without a slash at its end. */
export function folderOf(uri: string): string {
  return uri.slice(0, Math.max(uri.lastIndexOf('/'), rootEnd(uri)))
}

/** The last part, decoded. */
export function nameOf(uri: string): string {
  return decode(uri.slice(uri.lastIndexOf('/') + 1))
}

/** @param path relative, with slashes, not encoded */
export function joinUri(folder: string, path: string): string {
  return path === '' ? folder : `${folder}/${path.split('/').map(encodeURIComponent).join('/')}`
}

/** The way from a folder to something in it, decoded; undefined where it is not in it. */
export function relativeUri(folder: string, uri: string): string | undefined {
  return uri.startsWith(`${folder}/`) ? decode(uri.slice(folder.length + 1)) : undefined
}

/** The folder itself and all above it. */
export function foldersUpward(folder: string): string[] {
  const folders: string[] = []
  for (let at = folder; at.length > rootEnd(folder) && !folders.includes(at); at = folderOf(at))
    folders.push(at)
  const root = folder.slice(0, rootEnd(folder))
  return root === '' ? folders : [...folders, root]
}

/** Where scheme and authority end: `file://` of `file:///home`. */
function rootEnd(uri: string): number {
  const authority = uri.indexOf('//')
  if (authority < 0) return uri.indexOf(':') + 1
  const slash = uri.indexOf('/', authority + 2)
  return slash < 0 ? uri.length : slash
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
