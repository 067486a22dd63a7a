export const configFileName = '.unroot.json'

/** Where a configuration for files of a folder may lie: there, then in each folder above. Both kinds of slashes. */
export function configCandidates(folder: string): readonly string[] {
  const slash = /^[A-Za-z]:\\|^\\\\/.test(folder) ? '\\' : '/'
  const candidates: string[] = []
  let at = folder.length > 1 && folder.endsWith(slash) ? folder.slice(0, -1) : folder
  for (;;) {
    candidates.push(at.endsWith(slash) ? `${at}${configFileName}` : `${at}${slash}${configFileName}`)
    const cut = at.lastIndexOf(slash)
    if (cut < 0 || at === slash) return candidates
    at = cut === 0 ? slash : at.slice(0, cut)
  }
}

/** The nearest `.unroot.json` up the tree; undefined where there is none. */
export function findConfig(folder: string, files: { isFile(path: string): boolean }): string | undefined {
  return configCandidates(folder).find((path) => files.isFile(path))
}
