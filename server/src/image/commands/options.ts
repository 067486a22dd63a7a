import type { OffsetRange } from '../../dockerfile/types.ts'
import type { ShellValue } from '../types.ts'
import type { CommandModel, Options } from './model.ts'

/**
 * Reads argv as getopt_long(3) does: bundled short options, attached values, `--long=value`, unambiguous
 * prefixes of long options, `--`. Options and operands may be mixed unless `stopAtOperand`.
 *
 * A table's entry is the option's spellings and then, where it takes a value, a word for it: `'-u --uid N'`;
 * in brackets where the value is optional and can only be attached: `'-i --in-place [SUFFIX]'`.
 */
export function readOptions(
  model: Pick<CommandModel, 'options' | 'stopAtOperand' | 'singleDash'>,
  args: readonly ShellValue[],
): { options: Options; operands: readonly ShellValue[] } {
  const table = describe(model.options ?? {})
  const values = new Map<string, ShellValue[]>()
  const unknown: ShellValue[] = []
  const operands: ShellValue[] = []
  let uncertain = false
  const found = (key: string, value: ShellValue) => {
    const list = values.get(key)
    if (list) list.push(value)
    else values.set(key, [value])
  }

  let index = 0
  const takeNext = (key: string, at: ShellValue) => {
    const next = args[++index]
    if (next) found(key, next)
    else unknown.push(at)
  }
  const readLong = (word: ShellValue, text: string, dashes: number) => {
    const equals = text.indexOf('=')
    const name = equals < 0 ? text.slice(dashes) : text.slice(dashes, equals)
    const option = longOption(table, name)
    if (!option) return false
    if (equals >= 0) found(option.key, part(word, equals + 1))
    else if (option.takes === 'value') takeNext(option.key, word)
    else found(option.key, word)
    return true
  }
  const readShort = (word: ShellValue, text: string) => {
    for (let at = 1; at < text.length; at++) {
      const option = table.short.get(text[at] as string)
      if (!option) {
        unknown.push(word)
        return
      }
      if (option.takes === 'nothing') {
        found(option.key, word)
        continue
      }
      if (at + 1 < text.length) found(option.key, part(word, at + 1))
      else if (option.takes === 'value') takeNext(option.key, word)
      else found(option.key, word)
      return
    }
  }

  for (; index < args.length; index++) {
    const word = args[index] as ShellValue
    const { text } = word
    if (text === undefined) uncertain = true
    if (text === '--') {
      operands.push(...args.slice(index + 1))
      break
    }
    if (text === undefined || text.length < 2 || !text.startsWith('-')) {
      if (model.stopAtOperand) {
        operands.push(...args.slice(index))
        break
      }
      operands.push(word)
      continue
    }
    if (text.startsWith('--')) {
      if (!readLong(word, text, 2)) unknown.push(word)
    } else if (model.singleDash) {
      if (!readLong(word, text, 1)) unknown.push(word)
    } else readShort(word, text)
  }

  const last = (key: string) => values.get(key)?.at(-1)
  return {
    options: {
      has: (key) => values.has(key),
      value: (key) => last(key)?.text,
      word: last,
      all: (key) => values.get(key) ?? [],
      unknown,
      uncertain,
    },
    operands,
  }
}

interface Option {
  readonly key: string
  readonly takes: 'nothing' | 'value' | 'attached'
}
interface Table {
  readonly short: ReadonlyMap<string, Option>
  readonly long: ReadonlyMap<string, Option>
}

const tables = new WeakMap<Readonly<Record<string, string>>, Table>()

function describe(options: Readonly<Record<string, string>>): Table {
  const known = tables.get(options)
  if (known) return known
  const short = new Map<string, Option>()
  const long = new Map<string, Option>()
  for (const [key, spelled] of Object.entries(options)) {
    const words = spelled.split(' ').filter((word) => word !== '')
    const value = words.find((word) => !word.startsWith('-'))
    const option: Option = {
      key,
      takes: value === undefined ? 'nothing' : value.startsWith('[') ? 'attached' : 'value',
    }
    for (const word of words) {
      if (word.startsWith('--')) long.set(word.slice(2), option)
      else if (word.startsWith('-')) {
        if (word.length === 2) short.set(word.slice(1), option)
        long.set(word.slice(1), option)
      }
    }
  }
  const table = { short, long }
  tables.set(options, table)
  return table
}

/** The option of that name, or the only one that it begins. */
function longOption(table: Table, name: string): Option | undefined {
  const exact = table.long.get(name)
  if (exact) return exact
  if (name === '') return undefined
  let match: Option | undefined
  for (const [spelling, option] of table.long) {
    if (spelling.length < 2 || !spelling.startsWith(name)) continue
    if (match && match !== option) return undefined
    match = option
  }
  return match
}

/** The rest of a word from a position on; its place is exact where the word stands in the file as it is. */
function part(word: ShellValue, from: number): ShellValue {
  const text = word.text as string
  const plain = word.range.end - word.range.start === text.length
  const range: OffsetRange = plain ? { start: word.range.start + from, end: word.range.end } : word.range
  return { ...word, text: text.slice(from), range }
}
