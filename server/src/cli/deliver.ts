import type { Input } from './inputs.ts'
import type { CommonOptions } from './options.ts'
import { readSourceFile, reasonOf, type SourceFile } from './source-file.ts'
import type { Terminal } from './terminal.ts'
import { unifiedDiff } from './unified-diff.ts'
import { usageError } from './usage-error.ts'
import { writeSourceFile } from './write-file.ts'

export type RewrittenFile = Extract<Input, { source: object }> & {
  readonly result: string
  /** Files of the build context that change with it. */
  readonly others?: readonly OtherFile[]
}
export interface OtherFile {
  /** As people name it. */
  readonly file: string
  readonly path: string
  /** What the change was made for. */
  readonly text: string
  readonly result: string
}
export type Delivery = 'diff' | 'write' | 'stdout'

/**
 * Brings changed files to where they are wanted. Text from stdin goes to stdout in the place of a file.
 * @param report what to say after files were written
 */
export function deliver(
  files: readonly RewrittenFile[],
  delivery: Delivery,
  options: CommonOptions,
  terminal: Terminal,
  report: () => string,
): void {
  if (delivery === 'diff') {
    const color = terminal.colored(options.color)
    for (const { file, source, result } of files)
      terminal.print(unifiedDiff(file, source.text, result, color))
    for (const { file, text, result } of othersOf(files))
      terminal.print(unifiedDiff(file, text, result, color))
    return
  }
  const piped = files.filter(({ path }) => delivery === 'stdout' || path === undefined)
  for (const { file } of othersOf(piped))
    terminal.complain(`${file} has to change with it and is left as it is: --diff shows how, --write does it`)
  if (delivery === 'stdout') {
    for (const file of files) terminal.print(wholeText(file))
    return
  }
  const changed = files.filter(({ source, result, path }) => path !== undefined && source.text !== result)
  const writing = [
    ...changed.map(({ file, path, source, result }) => ({ file, path: path as string, source, result })),
    ...othersOf(changed).map((other) => ({ ...other, source: sourceOf(other) })),
  ]
  for (const { file, source } of writing)
    if (!source.exact) throw usageError(`${file}: is not valid UTF-8; it cannot be written back without loss`)
  for (const { file, path, source, result } of writing)
    try {
      writeSourceFile(path, result, source)
    } catch (error) {
      throw usageError(`${file}: cannot be written: ${reasonOf(error)}`)
    }
  const [first] = piped
  if (first) terminal.print(wholeText(first))
  else if (!options.quiet) terminal.print(report())
}

/** Each once: two Dockerfiles may share a file, and want the same of it. */
function othersOf(files: readonly RewrittenFile[]): readonly OtherFile[] {
  const byPath = new Map<string, OtherFile>()
  for (const other of files.flatMap(({ others }) => others ?? [])) {
    const same = byPath.get(other.path)
    if (same && same.result !== other.result)
      throw usageError(
        `${other.file}: two Dockerfiles want it changed in different ways; name one of them at a time`,
      )
    byPath.set(other.path, other)
  }
  return [...byPath.values()]
}

/** As it lies on disk now. */
function sourceOf({ file, path, text }: OtherFile): SourceFile {
  const read = readSourceFile(path)
  if ('problem' in read) throw usageError(`${file}: ${read.problem}`)
  if (read.source.text !== text) throw usageError(`${file}: has changed meanwhile; run this again`)
  return read.source
}

function wholeText({ source, result }: RewrittenFile): string {
  return source.byteOrderMark ? `\uFEFF${result}` : result
}
