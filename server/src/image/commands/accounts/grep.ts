import { certaintyOfAbsence, groupLine, passwdLine } from '../../accounts.ts'
import { find } from '../../files.ts'
import { pathIn, readable } from '../../operations.ts'
import type { Account, Group } from '../../types.ts'
import { eachPath } from '../files/operands.ts'
import type { Call, Outcome, World } from '../model.ts'
import { defineCommand, maybe, ok } from '../model.ts'
import { compilePattern, longestLine, posixPattern } from './posix-pattern.ts'

/**
 * grep(1): answered where the text is known: /etc/passwd and /etc/group, files of known content, standard input.
 * Exit 1 where nothing matches. container-facts: the cases look accounts up with it.
 */

/** A line, and whether that is all that we know of it. */
interface Line {
  readonly text: string
  /** The rest of the line (a comment, the home …) is not known. */
  readonly partial: boolean
  readonly certain: boolean
}
interface Text {
  readonly lines: readonly Line[]
  /** There may be other lines. */
  readonly more: boolean
}

export const grep = defineCommand({
  names: ['grep', 'egrep', 'fgrep'],
  options: {
    extended: '-E --extended-regexp',
    fixed: '-F --fixed-strings',
    basic: '-G --basic-regexp',
    perl: '-P --perl-regexp',
    pattern: '-e --regexp PATTERN',
    patternFile: '-f --file FILE',
    ignoreCase: '-i --ignore-case -y',
    noCase: '--no-ignore-case',
    word: '-w --word-regexp',
    line: '-x --line-regexp',
    invert: '-v --invert-match',
    count: '-c --count',
    only: '-o --only-matching',
    quiet: '-q --quiet --silent',
    silent: '-s --no-messages',
    max: '-m --max-count N',
    number: '-n --line-number',
    withName: '-H --with-filename',
    noName: '-h --no-filename',
    files: '-l --files-with-matches',
    filesWithout: '-L --files-without-match',
    recursive: '-r --recursive -R --dereference-recursive',
    include: '--include PATTERN',
    exclude: '--exclude PATTERN',
    excludeDir: '--exclude-dir PATTERN',
    after: '-A --after-context N',
    before: '-B --before-context N',
    context: '-C --context N',
    colour: '--color --colour [WHEN]',
    null: '-z --null-data -Z --null',
    binary: '-a --text -I -U --binary',
    binaryFiles: '--binary-files TYPE',
    action: '-d --directories ACTION',
    lineBuffered: '--line-buffered',
  },
  run(call) {
    const { options, operands, world } = call
    const [first, ...rest] = operands
    const pattern =
      options.has('pattern') || options.has('patternFile') ? options.value('pattern') : first?.text
    const files = options.has('pattern') || options.has('patternFile') ? operands : rest
    const seen = eachPath(
      call,
      files.filter(({ text }) => text !== '-'),
      (path) => readable(world, path),
      { exitCode: 2 },
    )
    if (seen.status === 'fail' || (seen.status === 'maybe' && seen.failure)) return seen
    const text =
      files.length === 0
        ? fromText(call.stdin)
        : files.length === 1
          ? textAt(call, files[0]?.text)
          : undefined
    const test =
      pattern === undefined || options.all('pattern').length > 1 ? undefined : matcher(call, pattern)
    const inverted = options.has('invert')
    const odd = [
      'recursive',
      'null',
      'files',
      'filesWithout',
      'patternFile',
      'max',
      'after',
      'before',
      'context',
    ]
    if (!text || !test || options.uncertain || odd.some((key) => options.has(key))) return maybe
    return answer(call, text, (line) => (inverted ? negate(matches(test, line)) : matches(test, line)))
  },
})

function answer(call: Call, text: Text, test: (line: Line) => boolean | undefined): Outcome {
  const { options } = call
  let sure = false
  let doubt = text.more
  const found: string[] = []
  for (const line of text.lines) {
    const result = test(line)
    if (result === undefined || (result && !line.certain)) doubt = true
    if (result && line.certain) sure = true
    if (result && !line.partial) found.push(line.text)
    else if (result) doubt = true
  }
  if (!sure) return doubt ? maybe : { status: 'fail', exitCode: 1, output: options.has('count') ? '0\n' : '' }
  if (options.has('quiet')) return { status: 'ok', output: '' }
  if (doubt || options.has('only') || options.has('number') || options.has('withName')) return ok
  return {
    status: 'ok',
    output: options.has('count') ? `${found.length}\n` : found.map((line) => `${line}\n`).join(''),
  }
}

const negate = (value: boolean | undefined) => (value === undefined ? undefined : !value)

interface Matcher {
  readonly regex: RegExp
  /** Only the beginning of the line, up to a colon, decides. */
  readonly byName: boolean
}

function matcher(call: Call, pattern: string): Matcher | undefined {
  const { options, name } = call
  if (options.has('perl')) return undefined
  const fixed = options.has('fixed') || name === 'fgrep'
  const extended = options.has('extended') || name === 'egrep'
  let source = fixed ? pattern.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : posixPattern(pattern, extended)
  if (source === undefined) return undefined
  if (options.has('word')) source = `(?<![A-Za-z0-9_])(?:${source})(?![A-Za-z0-9_])`
  if (options.has('line')) source = `^(?:${source})$`
  const regex = compilePattern(source, options.has('ignoreCase') ? 'i' : '')
  return (
    regex && {
      regex,
      byName: !fixed && !options.has('line') && /^\^[A-Za-z0-9_.@-]+:$/.test(pattern),
    }
  )
}

function matches(test: Matcher, line: Line): boolean | undefined {
  if (line.text.length > longestLine) return undefined
  if (test.regex.test(line.text)) return test.regex.source.includes('$') && line.partial ? undefined : true
  return line.partial && !test.byName ? undefined : false
}

function fromText(text: string | undefined): Text | undefined {
  if (text === undefined) return undefined
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return { lines: lines.map((line) => ({ text: line, partial: false, certain: true })), more: false }
}

function textAt(call: Call, word: string | undefined): Text | undefined {
  const { world } = call
  if (word === '-') return fromText(call.stdin)
  const path = word === undefined ? undefined : pathIn(world, word)
  if (path === undefined) return undefined
  const found = find(world.state.files, path)
  if (found.path === '/etc/passwd') return fromAccounts(world, world.state.accounts.users)
  if (found.path === '/etc/group') return fromAccounts(world, world.state.accounts.groups)
  return fromText(found.node.content)
}

function fromAccounts(world: World, entries: readonly (Account | Group)[]): Text {
  return {
    lines: entries.map((entry) => {
      const whole = 'uid' in entry ? passwdLine(entry) : groupLine(entry)
      const sure = entry.certainty === 'certain'
      if (whole !== undefined) return { text: whole, partial: false, certain: sure }
      const uid = 'uid' in entry && entry.uid.certainty === 'certain' ? `${entry.uid.value}:` : undefined
      const gid = entry.gid.certainty === 'certain' ? `${entry.gid.value}:` : undefined
      const start = `${entry.name}:x:`
      const text = 'uid' in entry ? (uid === undefined ? start : start + uid + (gid ?? '')) : start
      return { text, partial: true, certain: sure }
    }),
    more: certaintyOfAbsence(world.state.accounts) !== 'certain',
  }
}
