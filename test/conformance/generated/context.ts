import type { Random } from '../buildkit/mutate.ts'
import type { ContextFile } from '../containers/cases.ts'
import { memoryContext } from '../containers/memory-context.ts'

/** The build context of a generated case: always the same files, with modes and a .dockerignore of its own. */

const all = ['src', 'src/a.txt', 'src/run.sh', 'src/sub', 'entry.sh', 'conf/*', 'src/', '.', 'src/sub/deep.txt', 'link', 'files.tar'] // biome-ignore format: a list to look over
const allFolders = ['src', 'conf', 'src/sub', '.']

/** What COPY may take of it; what .dockerignore leaves out is not there. */
export function sourcesIn(context: readonly ContextFile[]): {
  readonly sources: readonly string[]
  readonly folders: readonly string[]
} {
  const isThere = (source: string) => !isIgnored(source, context)
  return { sources: all.filter(isThere), folders: allFolders.filter(isThere) }
}

function isIgnored(source: string, context: readonly ContextFile[]): boolean {
  const name = source.replace(/\/\*?$/, '')
  return name !== '.' && memoryContext(context).stat(name) === 'missing'
}

export function contextFor({ below }: Random): readonly ContextFile[] {
  const mode = (modes: readonly string[]) => modes[below(modes.length)] as string
  const files: ContextFile[] = [
    { path: 'src', kind: 'dir', mode: mode(['0755', '0755', '0700', '0775', '0750']) },
    { path: 'src/a.txt', text: 'a', mode: mode(['0644', '0644', '0600', '0664', '0444']) },
    { path: 'src/run.sh', text: '#!/bin/sh\nexec "$@"\n', mode: mode(['0755', '0644', '0744', '0700']) },
    { path: 'src/sub', kind: 'dir', mode: mode(['0755', '0711', '02775']) },
    { path: 'src/sub/deep.txt', text: 'deep', mode: mode(['0644', '0640']) },
    { path: 'conf', kind: 'dir' },
    { path: 'conf/one.conf', text: '1' },
    { path: 'conf/two.ini', text: '2', mode: mode(['0644', '0600']) },
    { path: 'link', kind: 'link', target: 'src/a.txt' },
    {
      path: 'files.tar',
      kind: 'tar',
      entries: [
        { path: 'packed', kind: 'dir', mode: mode(['0755', '0770']), uid: 1500, gid: 3000 },
        {
          path: 'packed/file',
          text: 'p',
          mode: mode(['0644', '0600', '4755']),
          uid: below(2) * 1600,
          gid: 50,
        },
        { path: 'packed/ln', kind: 'link', target: 'file' },
      ],
    },
    {
      path: 'entry.sh',
      text: '#!/bin/sh\nset -e\nexec "$@"\n',
      mode: mode(['0755', '0755', '0644', '0700']),
    },
  ]
  if (below(3) === 0)
    files.push({
      path: '.dockerignore',
      text: mode([
        '*.ini\n',
        'src/sub\n',
        '**/*.txt\n!src/a.txt\n',
        'link\n# x\nfiles.tar\n',
        '*\n!src\n!entry.sh\n',
      ]),
    })
  return files
}
