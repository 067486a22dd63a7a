import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { nodeBuildContext } from '../../server/src/build-context/node.ts'
import type { BuildContext } from '../../server/src/image/index.ts'

export interface CorpusFile {
  /** `folder/Dockerfile`, as in test/corpus or the corpus of real files. */
  readonly name: string
  readonly text: string
  readonly context: BuildContext
}

const ours = import.meta.dirname
const real = process.env.UNROOT_CORPUS ?? join(homedir(), '.cache/unroot/corpus')
const dockerfile = /(^|\.)(Dockerfile|Containerfile)|\.dockerfile$/i

/** The Dockerfiles of our own writing. */
export function ownFiles(): readonly CorpusFile[] {
  return readdirSync(ours, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
    .flatMap((folder) => below(join(ours, folder)).filter((path) => dockerfile.test(path.slice(path.lastIndexOf('/') + 1)) && !path.endsWith('.dockerignore')))
    .map((path) => ({ name: path.slice(ours.length + 1), text: readFileSync(path, 'utf8'), context: nodeBuildContext(dirname(path)) }))
}

/** The corpus of real files, where it was brought to this machine; else none. */
export function realFiles(): readonly CorpusFile[] {
  if (!existsSync(real)) return []
  return readdirSync(real)
    .sort()
    .flatMap((repository) => {
      const folder = join(real, repository)
      if (!statSync(folder).isDirectory()) return []
      return readdirSync(folder)
        .sort()
        .filter((name) => statSync(join(folder, name)).isFile())
        .map((name) => {
          const context = `${join(folder, name)}.ctx`
          return {
            name: `${repository}/${name}`,
            text: readFileSync(join(folder, name), 'utf8'),
            // Only start scripts are there: what is not there is unknown, not missing.
            context: existsSync(context) ? partial(nodeBuildContext(context)) : nothing,
          }
        })
    })
}

const nothing: BuildContext = { stat: () => 'unknown', list: () => 'unknown', read: () => undefined }

function partial(context: BuildContext): BuildContext {
  return {
    stat: (path) => {
      const entry = context.stat(path)
      return entry === 'missing' || (entry !== 'unknown' && entry.kind === 'directory') ? 'unknown' : entry
    },
    list: () => 'unknown',
    read: (path) => context.read(path),
  }
}

function below(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? below(join(folder, entry.name)) : [join(folder, entry.name)]))
}
