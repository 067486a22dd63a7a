import { readProgram } from '../../programs.ts'
import type { ShellValue } from '../../types.ts'
import type { CommandModel, Outcome, World } from '../model.ts'
import { defineCommand, maybe } from '../model.ts'

/** Commands whose only effect is what they print and whether they succeed. */

const nothing: Outcome = { status: 'ok', output: '' }

const always = defineCommand({ names: ['true', ':'], run: () => nothing })
const never = defineCommand({ names: ['false'], run: () => ({ status: 'fail', exitCode: 1, output: '' }) })

const textsOf = (words: readonly ShellValue[]): readonly string[] | undefined => {
  const texts = words.map(({ text, glob }) => (glob ? undefined : text))
  return texts.includes(undefined) ? undefined : (texts as readonly string[])
}

type EchoDialect = 'bash' | 'dash' | 'unknown'

/** Which echo it is: dash reads backslashes and knows no -e; bash and BusyBox's ash read them only with -e. */
function echoOf({ state, base }: World): EchoDialect {
  if (state.shell.some((word) => /(bash|zsh|ash)$/.test(word) && !word.endsWith('dash'))) return 'bash'
  if (base?.os === 'debian' || base?.os === 'ubuntu') return 'dash'
  return base?.os ? 'bash' : 'unknown'
}

const echo = defineCommand({
  names: ['echo'],
  run({ args, world }) {
    const texts = textsOf(args)
    if (!texts) return { status: 'ok' }
    const dialect = echoOf(world)
    const flagged = dialect === 'dash' ? /^-n$/ : /^-[neE]+$/
    let first = 0
    let newline = true
    let escapes = dialect === 'dash'
    for (; first < texts.length && flagged.test(texts[first] as string); first++) {
      const flags = texts[first] as string
      if (flags.includes('n')) newline = false
      if (flags.includes('e')) escapes = true
      if (flags.includes('E')) escapes = false
    }
    const text = texts.slice(first).join(' ')
    if (dialect === 'unknown' && (text.includes('\\') || escapes)) return { status: 'ok' }
    const output = escapes ? withEscapes(text) : text
    return output === undefined ? { status: 'ok' } : { status: 'ok', output: output + (newline ? '\n' : '') }
  },
})

const escaped: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
}
function withEscapes(text: string): string | undefined {
  let odd = false
  const result = text.replace(
    /\\(0[0-7]{0,3}|[1-7][0-7]{0,2}|x[0-9A-Fa-f]{1,2}|.)/gs,
    (whole, code: string) => {
      if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8))
      if (code.startsWith('x') && code.length > 1)
        return String.fromCharCode(Number.parseInt(code.slice(1), 16))
      if (code === 'c') odd = true
      return escaped[code] ?? whole
    },
  )
  return odd ? undefined : result
}

const mostRounds = 1000

/** printf(1): `%s`, `%d`, `%b`, `%%`; the format is used again until the arguments are. */
const printf = defineCommand({
  names: ['printf'],
  run({ args }) {
    const words = args[0]?.text === '--' ? args.slice(1) : args
    if (words[0]?.text === '-v') return maybe
    const texts = textsOf(words)
    if (!texts || texts.length === 0) return { status: 'ok' }
    const output = formatted(texts[0] as string, texts.slice(1))
    return output === undefined ? { status: 'ok' } : { status: 'ok', output }
  },
})

function formatted(written: string, values: readonly string[]): string | undefined {
  const format = withEscapes(written)
  if (format === undefined) return undefined
  const directives = format.match(/%[^%]/g)?.length ?? 0
  let next = 0
  let result = ''
  let failed = false
  for (let round = 0; round < mostRounds; round++) {
    result += format.replace(/%(%|[-0-9.]*[a-zA-Z])/g, (_, directive: string) => {
      if (directive === '%') return '%'
      const value = values[next++] ?? ''
      switch (directive) {
        case 's':
          return value
        case 'b': {
          const text = withEscapes(value)
          if (text === undefined) failed = true
          return text ?? ''
        }
        case 'd':
        case 'i':
        case 'u':
          if (!/^-?\d*$/.test(value)) failed = true
          return String(Number(value))
        default:
          failed = true
          return ''
      }
    })
    if (next >= values.length || directives === 0) return failed ? undefined : result
  }
  return undefined
}

const pwd = defineCommand({
  names: ['pwd'],
  run: ({ world }) =>
    world.cwd.certainty === 'certain' ? { status: 'ok', output: `${world.cwd.value}\n` } : { status: 'ok' },
})

const seq = defineCommand({
  names: ['seq'],
  run({ args }) {
    const numbers = args.map(({ text }) =>
      text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined,
    )
    if (numbers.includes(undefined) || numbers.length === 0 || numbers.length > 3) return { status: 'ok' }
    const [a = 1, b = 1, c = 1] = numbers
    const [from, step, to] = numbers.length === 1 ? [1, 1, a] : numbers.length === 2 ? [a, 1, b] : [a, b, c]
    if (step === 0 || Math.abs((to - from) / step) > mostRounds) return { status: 'ok' }
    const lines: string[] = []
    for (let at = from; step > 0 ? at <= to : at >= to; at += step) lines.push(`${at}\n`)
    return { status: 'ok', output: lines.join('') }
  },
})

/** Every shell has these itself. */
const builtins: ReadonlySet<string> = new Set(
  'cd echo printf test [ true false : exit export set unset read umask eval exec command type trap wait shift return pwd kill'.split(
    ' ',
  ),
)

/** `command -v`, `which`, `type`: are the programs there? */
export function lookUp(words: readonly ShellValue[], world: World): Outcome {
  let doubt = false
  for (const { text } of words) {
    if (text === undefined) {
      doubt = true
      continue
    }
    if (builtins.has(text) || text.includes('/')) {
      if (text.includes('/')) doubt = true
      continue
    }
    const presence = readProgram(world, text)
    if (presence === 'absent') return { status: 'fail', exitCode: 1, output: '' }
    if (presence === 'unknown') doubt = true
  }
  return doubt ? maybe : { status: 'ok' }
}

const which = defineCommand({
  names: ['which', 'type', 'hash'],
  options: { all: '-a --all', silent: '-s', path: '-p -P', type: '-t', noFunctions: '-f' },
  run: ({ operands, world }) => lookUp(operands, world),
})

export const printingCommands: readonly CommandModel[] = [always, never, echo, printf, pwd, seq, which]
