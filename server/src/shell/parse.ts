import { type ParsedScript, parse } from 'unbash'
import { toFileRange } from '../dockerfile/index.ts'
import type { MappedText, OffsetRange } from '../dockerfile/types.ts'

/** A shell script with the way back to the file. */
export interface ShellScript {
  readonly tree: ParsedScript
  readonly text: string
  /** Where `text.slice(start, end)` stands in the file. */
  readonly rangeOf: (start: number, end: number) => OffsetRange
}

const nothing: ParsedScript = { type: 'Script', pos: 0, end: 0, shebang: undefined, commands: [] }
// Recursion of the parser is bounded by its own limits; a script beyond this is no script that people write.
const longest = 2_000_000

/** The script as a shell would read it; never throws: what cannot be read is left out. */
export function parseShell(mapped: MappedText): ShellScript {
  return {
    tree: parseText(mapped.text),
    text: mapped.text,
    rangeOf: (start, end) => toFileRange(mapped, { start, end }),
  }
}

/** A script that stands inside one word (`sh -c '…'`) or in another file: everything in it is at `range`. */
export function parseShellAt(text: string, range: OffsetRange): ShellScript {
  return { tree: parseText(text), text, rangeOf: () => range }
}

function parseText(text: string): ParsedScript {
  if (text.length > longest) return nothing
  const known = lately.get(text)
  if (known) return known
  const tree = parsed(text)
  if (text.length <= mostKept) keep(text, tree)
  return tree
}

function parsed(text: string): ParsedScript {
  try {
    return parse(text)
  } catch {
    return nothing // a fault of the library's must not become ours: nothing is known of this script
  }
}

/** Trees of the scripts that were read last: while somebody types, all RUNs but one stay as they are. */
const lately = new Map<string, ParsedScript>()
const mostKept = 200_000 // characters of them in all
let kept = 0

function keep(text: string, tree: ParsedScript): void {
  lately.set(text, tree)
  kept += text.length
  for (const oldest of lately.keys()) {
    if (kept <= mostKept) break
    lately.delete(oldest)
    kept -= oldest.length
  }
}

/** What `sh -c` style SHELL runs: a POSIX shell, or something that we must not read as one. */
export function isPosixShell(shell: readonly string[]): boolean {
  const program = (shell[0] ?? '')
    .replace(/^.*[\\/]/, '')
    .replace(/\.exe$/i, '')
    .toLowerCase()
  return posixShells.has(program)
}
const posixShells = new Set(['sh', 'bash', 'dash', 'ash', 'zsh', 'ksh', 'mksh', 'busybox'])
