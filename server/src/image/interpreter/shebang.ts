import type { ScriptOptions } from '../commands/model.ts'

/** Who reads a script, by its first line. */
export interface Shebang {
  /** Without its folder; undefined where the line names nobody. */
  readonly interpreter: string | undefined
  /** A shell whose language we read. */
  readonly isShell: boolean
  readonly options: ScriptOptions
}

const shells: ReadonlySet<string> = new Set([
  'sh',
  'bash',
  'dash',
  'ash',
  'ksh',
  'zsh',
  'with-contenv',
  'busybox',
])

/** They start the program that is named after them: `#!/usr/bin/dumb-init /bin/sh`. */
const starters: ReadonlySet<string> = new Set(['env', 'dumb-init'])

/** @returns undefined where the text does not begin with `#!` */
export function shebangOf(text: string): Shebang | undefined {
  if (!text.startsWith('#!')) return undefined
  const words = /^#!\s*(\S*\/)?(?<first>\S+)(\s+(-S\s+)?(\S*\/)?(?<second>\S+))?/.exec(text)?.groups
  const interpreter = words && starters.has(words.first ?? '') ? words.second : words?.first
  const errexit = /^#!.*\s-\w*e/.test(text)
  return {
    interpreter,
    isShell: interpreter !== undefined && shells.has(interpreter),
    options: { errexit, ...(interpreter === undefined ? {} : { program: interpreter }) },
  }
}
