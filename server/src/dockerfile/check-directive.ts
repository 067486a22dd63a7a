import { type Message, text } from '../l10n/index.ts'
import { trimSpace } from './characters.ts'
import { readDirective } from './directives.ts'
import { nearest } from './nearest.ts'
import type { Directive, Dockerfile, OffsetRange, SyntaxProblem } from './types.ts'
import { isBoolean } from './value-grammars.ts'

const options = ['skip', 'error', 'experimental']

/**
 * What is wrong with `# check=skip=…;error=true`: BuildKit builds nothing then (linter.ParseLintOptions, called by
 * dockerfile2llb). It takes the value up to the first blank.
 */
export function checkDirectiveProblem(dockerfile: Dockerfile): SyntaxProblem | undefined {
  const directive = detectable(dockerfile).find(({ name }) => name === 'check')
  if (directive === undefined) return undefined
  const { start } = directive.valueRange
  const blank = directive.value.indexOf(' ')
  const value = blank === -1 ? directive.value : directive.value.slice(0, blank)
  let at = 0
  for (const part of splitInThree(trimSpace(value))) {
    const range = { start: start + at, end: start + at + part.length }
    const problem = optionProblem(part, range)
    if (problem !== undefined) return blank === -1 || part !== '' ? problem : blankProblem(start + blank)
    at += part.length + 1
  }
  return undefined
}

function optionProblem(part: string, range: OffsetRange): SyntaxProblem | undefined {
  const equals = part.indexOf('=')
  const written = equals === -1 ? part : part.slice(0, equals)
  const name = trimSpace(written)
  if (equals === -1 || !options.includes(name)) {
    const near = nearest(name, options)
    const rule = text`It takes \`skip=…\`, \`error=…\` and \`experimental=…\`, with \`;\` between them.`
    const advice = near === undefined ? rule : text`Did you mean \`${near}\`?`
    const what = options.includes(name)
      ? text`\`${name}\` has no value here`
      : text`There is no option \`${name}\``
    const message = text`${what} in the directive \`check\`. ${options.includes(name) ? rule : advice}`
    return bad({ start: range.start, end: range.start + written.length }, message, near)
  }
  const value = trimSpace(part.slice(equals + 1))
  if (name !== 'error' || isBoolean(value)) return undefined
  const at = { start: range.start + equals + 1, end: range.end }
  return bad(
    at,
    text`\`${value}\` is no value for \`error\` in the directive \`check\`: write true or false.`,
  )
}

function blankProblem(at: number): SyntaxProblem {
  const message = text`The directive \`check\` is read up to this blank, and an option is missing before it. Remove the blank.`
  return bad({ start: at, end: at + 1 }, message)
}

function bad(range: OffsetRange, message: Message, suggestion?: string): SyntaxProblem {
  return {
    kind: 'bad-directive',
    severity: 'error',
    range,
    message,
    ...(suggestion === undefined ? {} : { suggestion }),
  }
}

/** Go: strings.SplitN(text, ";", 3). */
function splitInThree(text: string): readonly string[] {
  const parts = text.split(';')
  return parts.length <= 3 ? parts : [...parts.slice(0, 2), parts.slice(2).join(';')]
}

/**
 * BuildKit looks for `check` before it parses (parser/directives.go: ParseDirective): in the lines at the top that begin
 * with `#`, not indented, and behind a line `#!` too.
 */
function detectable({ text, directives, lines }: Dockerfile): readonly Directive[] {
  const bom = text.startsWith('\ufeff') ? 1 : 0
  if (!text.startsWith('#!', bom)) {
    const indented = directives.findIndex(({ range }) => {
      const { line, character } = lines.positionAt(range.start)
      return character !== (line === 0 ? bom : 0)
    })
    return indented === -1 ? directives : directives.slice(0, indented)
  }
  const found: Directive[] = []
  for (let line = 1; line < lines.count; line++) {
    const directive = readDirective(text, lines.lineStart(line), lines.lineEnd(line))
    if (directive === undefined || found.some(({ name }) => name === directive.name)) break
    found.push(directive)
  }
  return found
}
