import { readDockerignore } from '../../../server/src/build-context/index.ts'
import type { ArchiveEntry, BuildContext, ContextEntry } from '../../../server/src/image/index.ts'
import type { ContextFile } from './cases.ts'

/** The context of a case as files in memory; folders that nobody names are 0755. */
export function memoryContext(files: readonly ContextFile[]): BuildContext {
  const entries = new Map<string, ContextEntry & { readonly text?: string }>()
  for (const { path } of files)
    for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1))
      entries.set(path.slice(0, at), { kind: 'directory', mode: 0o755 })
  for (const file of files)
    entries.set(file.path, {
      kind: file.kind === 'dir' ? 'directory' : file.kind === 'link' ? 'link' : 'file',
      mode: Number.parseInt(file.mode ?? (file.kind === 'dir' ? '0755' : '0644'), 8),
      ...(file.target === undefined ? {} : { target: file.target }),
      ...(file.kind === undefined ? { text: file.text ?? '' } : {}),
    })
  const ignore = readDockerignore(files.find(({ path }) => path === '.dockerignore')?.text ?? '')
  const kept = [...entries.keys()].filter((path) => !ignore.ignores(path))
  for (const path of [...entries.keys()])
    if (ignore.ignores(path) && !kept.some((one) => one.startsWith(`${path}/`))) entries.delete(path)
  return {
    stat: (path) => (path === '' ? { kind: 'directory', mode: 0o755 } : (entries.get(path) ?? 'missing')),
    list: (path) =>
      [...entries.keys()]
        .filter((name) => (path === '' ? !name.includes('/') : isDirectlyIn(name, path)))
        .map((name) => name.slice(name.lastIndexOf('/') + 1)),
    read: (path) => entries.get(path)?.text,
    archive: (path) => {
      const file = files.find((one) => one.path === path && one.kind === 'tar')
      if (!file?.entries?.length) return 'none'
      return file.entries.map(
        ({ path: name, kind, mode, uid = 0, gid = 0, uname = '', gname = '', target }): ArchiveEntry => ({
          path: name,
          kind: kind === 'dir' ? 'directory' : (kind ?? 'file'),
          mode: Number.parseInt(mode ?? '0644', 8),
          uid,
          gid,
          user: uname,
          group: gname,
          ...(target === undefined ? {} : { target }),
        }),
      )
    },
  }
}

function isDirectlyIn(name: string, folder: string): boolean {
  return name.startsWith(`${folder}/`) && !name.slice(folder.length + 1).includes('/')
}
