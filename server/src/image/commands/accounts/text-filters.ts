import { find } from '../../files.ts'
import { pathIn, readable } from '../../operations.ts'
import { fileCommands } from '../files/index.ts'
import type { Call, CommandModel, Outcome } from '../model.ts'
import { defineCommand } from '../model.ts'
import { readOptions } from '../options.ts'
import { compilePattern, longestLine, posixPattern } from './posix-pattern.ts'

/**
 * Filters of text that stand behind `grep … /etc/passwd |`: what they print is worked out where their input is
 * known, and left to the file commands where not.
 */

const asFiles = new Map(fileCommands.flatMap((model) => model.names.map((name) => [name, model] as const)))

function otherwise(call: Call): Outcome {
  const model = asFiles.get(call.name)
  return model ? model.run({ ...call, ...readOptions(model, call.args) }) : { status: 'ok' }
}

/** @param leading operands that are no files: a script, a pattern */
function filter(
  names: readonly string[],
  options: Readonly<Record<string, string>>,
  leading: number,
  print: (text: string, call: Call) => string | undefined,
): CommandModel {
  return defineCommand({
    names,
    options,
    run(call) {
      const input = inputOf(call, leading)
      if (input === undefined || call.options.unknown.length > 0 || call.options.uncertain)
        return otherwise(call)
      const output = print(input, call)
      return output === undefined ? otherwise(call) : { status: 'ok', output }
    },
  })
}

function inputOf(call: Call, leading: number): string | undefined {
  const files = call.operands.slice(leading)
  if (files.length === 0) return call.stdin
  if (files.length > 1 || files[0]?.text === undefined) return undefined
  const path = pathIn(call.world, files[0].text)
  if (path === undefined || readable(call.world, path).status !== 'ok') return undefined
  return find(call.world.state.files, path).node.content
}

function eachLine(text: string, change: (line: string) => string | undefined): string {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
    .flatMap((line) => change(line) ?? [])
    .map((line) => `${line}\n`)
    .join('')
}

/** `1,3-5,7-` → is the number in it? */
function inList(list: string): ((number: number) => boolean) | undefined {
  const ranges: (readonly [number, number])[] = []
  for (const part of list.split(',')) {
    const [, from, dash, to] = /^(\d*)(-?)(\d*)$/.exec(part) ?? []
    if (from === undefined || (from === '' && to === '')) return undefined
    ranges.push([
      from === '' ? 1 : Number(from),
      dash === '' ? Number(from) : to ? Number(to) : Number.POSITIVE_INFINITY,
    ])
  }
  return (number) => ranges.some(([from, to]) => number >= from && number <= to)
}

const cut = filter(
  ['cut'],
  {
    delimiter: '-d --delimiter D',
    fields: '-f --fields LIST',
    characters: '-c --characters -b --bytes LIST',
    onlyDelimited: '-s --only-delimited',
    complement: '--complement',
    outputDelimiter: '--output-delimiter D',
  },
  0,
  (text, { options }) => {
    if (options.has('complement')) return undefined
    const wanted = inList(options.value('fields') ?? options.value('characters') ?? '')
    if (!wanted) return undefined
    if (options.has('characters'))
      return eachLine(text, (line) => [...line].filter((_, index) => wanted(index + 1)).join(''))
    const delimiter = options.value('delimiter') ?? '\t'
    if (delimiter.length !== 1) return undefined
    return eachLine(text, (line) => {
      if (!line.includes(delimiter)) return options.has('onlyDelimited') ? undefined : line
      const fields = line.split(delimiter).filter((_, index) => wanted(index + 1))
      return fields.join(options.value('outputDelimiter') ?? delimiter)
    })
  },
)

/** tr(1): characters, ranges, `\n` and named classes. */
const tr = filter(
  ['tr'],
  {
    remove: '-d --delete',
    squeeze: '-s --squeeze-repeats',
    complement: '-c -C --complement',
    truncate: '-t --truncate-set1',
  },
  2,
  (text, { options, operands, stdin }) => {
    if (stdin === undefined || options.has('complement') || options.has('truncate')) return undefined
    const from = charactersOf(operands[0]?.text)
    const to = charactersOf(operands[1]?.text)
    if (!from) return undefined
    if (options.has('remove'))
      return options.has('squeeze')
        ? undefined
        : [...text].filter((character) => !from.includes(character)).join('')
    if (!to || to.length === 0) return undefined
    const mapped = [...text].map((character) => {
      const index = from.lastIndexOf(character)
      return index < 0 ? character : (to[Math.min(index, to.length - 1)] as string)
    })
    return options.has('squeeze')
      ? mapped
          .filter((character, index) => !(to.includes(character) && mapped[index - 1] === character))
          .join('')
      : mapped.join('')
  },
)

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', '0': '\0' }
const sets: Readonly<Record<string, string>> = {
  '[:upper:]': 'A-Z',
  '[:lower:]': 'a-z',
  '[:digit:]': '0-9',
  '[:alpha:]': 'A-Za-z',
  '[:alnum:]': '0-9A-Za-z',
  '[:space:]': '\\t\\n\\r ',
}

function charactersOf(written: string | undefined): readonly string[] | undefined {
  if (written === undefined) return undefined
  const set = written.replace(/\[:[a-z]+:\]/g, (name) => sets[name] ?? '\u0000')
  if (set.includes('\u0000')) return undefined
  const characters: string[] = []
  for (let at = 0; at < set.length; at++) {
    let character = set[at] as string
    if (character === '\\') {
      const escaped = escapes[set[++at] ?? '']
      if (escaped === undefined) return undefined
      character = escaped
    }
    const end = set[at + 1] === '-' ? set[at + 2] : undefined
    if (end !== undefined && end !== '\\') {
      for (let code = character.charCodeAt(0); code <= end.charCodeAt(0); code++)
        characters.push(String.fromCharCode(code))
      at += 2
    } else characters.push(character)
  }
  return characters
}

const lineCount = {
  lines: '-n --lines N',
  bytes: '-c --bytes N',
  quiet: '-q --quiet --silent',
  follow: '-f --follow',
}

function lineFilter(
  name: string,
  choose: (lines: readonly string[], count: number) => readonly string[],
): CommandModel {
  return filter([name], lineCount, 0, (text, { options }) => {
    const count = Number(options.value('lines') ?? (options.has('lines') ? Number.NaN : 10))
    if (
      options.has('bytes') ||
      !Number.isInteger(count) ||
      count < 0 ||
      options.value('lines')?.startsWith('+')
    )
      return undefined
    const lines = text.split('\n')
    if (lines.at(-1) === '') lines.pop()
    return choose(lines, count)
      .map((line) => `${line}\n`)
      .join('')
  })
}
const head = lineFilter('head', (lines, count) => lines.slice(0, count))
const tail = lineFilter('tail', (lines, count) => (count === 0 ? [] : lines.slice(-count)))

const wc = filter(
  ['wc'],
  { lines: '-l --lines', words: '-w --words', bytes: '-c --bytes', characters: '-m --chars' },
  0,
  (text, { options, operands }) =>
    options.has('lines') && operands.length === 0 && !options.has('words') && !options.has('bytes')
      ? `${text.split('\n').length - 1}\n`
      : undefined,
)

/** awk: `-F: '{print $N}'`, with `/re/` or `$N == "x"` before it. */
const awk = filter(
  ['awk', 'gawk', 'mawk', 'nawk'],
  { separator: '-F --field-separator FS' },
  1,
  (text, { options, operands }) => {
    const program =
      /^\s*(?:\/((?:[^/\\]|\\.)*)\/|\$(\d+)\s*==\s*"?([^"\s]*)"?)?\s*\{\s*print\s+((?:\$\d+)(?:\s*,\s*\$\d+)*)\s*;?\s*\}\s*$/.exec(
        operands[0]?.text ?? '',
      )
    const separator = options.has('separator') ? options.value('separator') : ' '
    if (
      !program ||
      separator === undefined ||
      (separator !== ' ' && separator.length !== 1) ||
      '|*+?.[(\\^$'.includes(separator)
    )
      return undefined
    const [, regex, field, value, list] = program
    const pattern = regex === undefined ? undefined : posixPattern(regex, true)
    if (regex !== undefined && pattern === undefined) return undefined
    const test = pattern === undefined ? undefined : compilePattern(pattern)
    if (pattern !== undefined && !test) return undefined
    if (test && text.split('\n').some((line) => line.length > longestLine)) return undefined
    const wanted = (list ?? '').split(',').map((one) => Number(one.trim().slice(1)))
    return eachLine(text, (line) => {
      const fields = separator === ' ' ? line.trim().split(/\s+/) : line.split(separator)
      const at = (index: number) => (index === 0 ? line : (fields[index - 1] ?? ''))
      if (test && !test.test(line)) return undefined
      if (field !== undefined && at(Number(field)) !== value) return undefined
      return wanted.map(at).join(' ')
    })
  },
)

export const textFilters: readonly CommandModel[] = [cut, tr, head, tail, wc, awk]
