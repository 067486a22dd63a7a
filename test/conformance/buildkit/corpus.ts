import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, relative } from 'node:path'

export interface TextFile {
  readonly name: string
  readonly text: string
}

const ours = join(import.meta.dirname, '..', '..', 'corpus')

/** Real Dockerfiles, where they have been brought to this machine. */
export function realFiles(): readonly TextFile[] {
  const root = process.env.UNROOT_CORPUS ?? join(homedir(), '.cache', 'unroot', 'corpus')
  return existsSync(root)
    ? filesBelow(root, (path) => !path.includes('.ctx/') && !path.endsWith('index.json'))
    : []
}

/** Made to burst whoever expands their variables; BuildKit does, and takes all memory with it. */
const bombs = /variable-bomb/

/** The Dockerfiles of the project's own corpus. */
export function ownFiles(): readonly TextFile[] {
  if (!existsSync(ours)) return []
  return filesBelow(ours, (path) => /(^|\/)(Dockerfile|Containerfile)[^/]*$/.test(path) && !bombs.test(path))
}

/** All files below a folder, in the order of their names. */
export function filesBelow(
  root: string,
  accepts: (path: string) => boolean = () => true,
): readonly TextFile[] {
  const files: TextFile[] = []
  const visit = (folder: string) => {
    for (const name of readdirSync(folder).sort()) {
      const path = join(folder, name)
      if (statSync(path).isDirectory()) visit(path)
      else if (accepts(path)) files.push({ name: relative(root, path), text: readFileSync(path, 'utf8') })
    }
  }
  visit(root)
  return files
}
