import type { CopyInstruction } from '../dockerfile/index.ts'
import type { Subject } from './subject.ts'

/** Files of the build context that go into the image: what kind of application it is stands in them. */

const mostFiles = 400

/** Paths of context files that the stages which the image is made of copy, one level of folders deep, and of `config/`. */
export function copiedFiles(subject: Subject): readonly string[] {
  const { context } = subject.analysis.options
  const found = new Set<string>()
  const look = (path: string, deep: boolean) => {
    if (found.size >= mostFiles) return
    const entry = context.stat(path === '' ? '.' : path)
    if (entry === 'missing' || entry === 'unknown') return
    if (entry.kind === 'file') found.add(path)
    if (entry.kind !== 'directory') return
    const names = context.list(path)
    if (names === 'unknown') return
    for (const name of names) {
      const place = path === '' ? name : `${path}/${name}`
      const child = context.stat(place)
      if (child === 'missing' || child === 'unknown') continue
      if (child.kind === 'file') found.add(place)
      else if (deep && child.kind === 'directory' && insides.test(name)) look(place, false)
    }
  }
  for (const instruction of contextCopies(subject))
    for (const { raw } of instruction.sources) {
      const path = raw
        .replace(/^(?:\.?\/)+/, '')
        .replace(/^\.$/, '')
        .replace(/\/+$/, '')
      if (/[$*?[]/.test(path)) {
        // Enough to find manifests: everything that lies beside it.
        const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''
        if (!/[$*?[]/.test(folder)) look(folder, false)
      } else look(path, true)
    }
  return [...found]
}

/** Text of a file of the context whose offsets are those of an editor and that can be written back: undefined for others. */
export function textOf({ analysis }: Subject, path: string): string | undefined {
  const text = analysis.options.context.read(path)
  return text === undefined || text.startsWith('\uFEFF') || text.includes('\uFFFD') ? undefined : text
}

/** Folders in which frameworks keep their settings; a Django project keeps them in a folder of its own name. */
const insides =
  /^(?!node_modules$|\.git$|vendor$|test|spec|docs?$|static|public|assets|dist|build|src$)[\w.-]+$/

export function contextCopies({ timeline }: Subject): readonly CopyInstruction[] {
  return timeline.stages
    .filter(({ stage }) => timeline.needed.has(stage.index))
    .flatMap(({ stage }) => stage.instructions)
    .filter(
      (instruction): instruction is CopyInstruction =>
        (instruction.keyword === 'COPY' || instruction.keyword === 'ADD') && instruction.from === undefined,
    )
}
