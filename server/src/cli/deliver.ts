import type { Input } from './inputs.ts'
import type { CommonOptions } from './options.ts'
import { reasonOf } from './source-file.ts'
import type { Terminal } from './terminal.ts'
import { unifiedDiff } from './unified-diff.ts'
import { usageError } from './usage-error.ts'
import { writeSourceFile } from './write-file.ts'

export type RewrittenFile = Extract<Input, { source: object }> & { readonly result: string }
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
    return
  }
  if (delivery === 'stdout') {
    for (const file of files) terminal.print(wholeText(file))
    return
  }
  const changed = files.filter(({ source, result, path }) => path !== undefined && source.text !== result)
  for (const { file, source } of changed)
    if (!source.exact) throw usageError(`${file}: is not valid UTF-8; it cannot be written back without loss`)
  for (const { file, path, source, result } of changed)
    try {
      writeSourceFile(path as string, result, source)
    } catch (error) {
      throw usageError(`${file}: cannot be written: ${reasonOf(error)}`)
    }
  const piped = files.find(({ path }) => path === undefined)
  if (piped) terminal.print(wholeText(piped))
  else if (!options.quiet) terminal.print(report())
}

function wholeText({ source, result }: RewrittenFile): string {
  return source.byteOrderMark ? `\uFEFF${result}` : result
}
