import { listed, type Message, sentences, text } from '../l10n/index.ts'
import { toFileRange } from './mapped-text.ts'
import { nearest } from './nearest.ts'
import { type EscapeCharacter, expandWord } from './shell-words.ts'
import type { Flag, MappedText, Mount, OffsetRange, SyntaxProblem, SyntaxProblemKind, Word } from './types.ts'
import { isBoolean } from './value-grammars.ts'

/** BuildKit: instructions/commands_runmount.go. */
export interface ReadMount {
  readonly mount: Mount
  readonly problem: SyntaxProblem | undefined
  /** False: BuildKit sees it when it builds the stage, not before. */
  readonly isEarly: boolean
}

export const mountTypes = ['bind', 'cache', 'tmpfs', 'secret', 'ssh'] as const
export const sharingModes = ['shared', 'private', 'locked'] as const

type ValueKind = 'text' | 'boolean' | 'octal' | 'number' | 'size' | 'sharing' | 'type'

const keys: Readonly<Record<string, ValueKind>> = {
  type: 'type',
  from: 'text',
  source: 'text',
  src: 'text',
  target: 'text',
  dst: 'text',
  destination: 'text',
  readonly: 'boolean',
  ro: 'boolean',
  readwrite: 'boolean',
  rw: 'boolean',
  required: 'boolean',
  size: 'size',
  id: 'text',
  sharing: 'sharing',
  mode: 'octal',
  uid: 'number',
  gid: 'number',
  env: 'text',
}

/** Keys that may stand alone. */
const switches = new Set(['readonly', 'ro', 'readwrite', 'rw', 'required'])

interface Field {
  readonly text: string
  readonly start: number
  readonly end: number
  /** False where quotes make text and file differ. */
  readonly plain: boolean
}

/** Reads `--mount=…`; variables in values stay as written. */
export function readMount(flag: Flag, written: MappedText, escapeWith: EscapeCharacter): ReadMount {
  const options = new Map<string, Word>()
  const fields = readFields(written.text)
  let type = 'bind'
  if (!Array.isArray(fields)) {
    return {
      mount: { type, options, flag },
      problem: problemAt(flag.range, 'bad-value', mountIsNoList),
      isEarly: true,
    }
  }
  const seen = new Map<string, { value: string | undefined; range: OffsetRange }>()
  let problem: SyntaxProblem | undefined
  let isEarly = false
  const fail = (
    range: OffsetRange,
    message: Message,
    suggestion?: string,
    kind: SyntaxProblemKind = 'bad-value',
  ) => {
    problem ??= problemAt(range, kind, message, suggestion)
  }
  for (const field of fields) {
    const equals = field.text.indexOf('=')
    const keyText = equals === -1 ? field.text : field.text.slice(0, equals)
    const key = keyText.toLowerCase()
    const part = (from: number, to: number) =>
      toFileRange(written, field.plain ? { start: field.start + from, end: field.start + to } : field)
    const keyRange = part(0, keyText.length)
    const raw = equals === -1 ? '' : field.text.slice(equals + 1)
    const range = equals === -1 ? keyRange : part(equals + 1, field.text.length)
    options.set(key, { raw, range })
    const kind = Object.hasOwn(keys, key) ? keys[key] : undefined
    if (kind === undefined) {
      const near = nearest(key, Object.keys(keys))
      const hint = near === undefined ? text`Remove it.` : text`Did you mean \`${near}\`?`
      fail(keyRange, text`\`--mount\` has no option \`${keyText}\`. ${hint}`, near)
      continue
    }
    if (equals === -1 && !switches.has(key)) {
      fail(keyRange, text`\`${keyText}\` in \`--mount\` needs a value: write \`${keyText}=…\`.`)
      continue
    }
    if (key === 'from' && raw.includes('$') && raw.indexOf('$') !== raw.length - 1) {
      const advice = text`Name the image in a stage of its own (\`FROM image:$VERSION AS name\`) and mount from that.`
      // Seen before anything else of the mount is looked at.
      problem = problemAt(
        range,
        'bad-reference',
        text`\`from\` in \`--mount\` does not expand variables. ${advice}`,
      )
      isEarly = true
      break
    }
    const expansion =
      equals === -1 ? undefined : expandWord(raw, () => ({ kind: 'unknown' }), { escape: escapeWith })
    if (expansion?.kind === 'error') {
      fail(range, text`\`${raw}\` cannot be expanded: ${expansion.message}.`, undefined, 'bad-expansion')
      continue
    }
    const value = expansion?.kind === 'known' ? expansion.value : undefined
    if (key === 'type' && value !== undefined) type = value.toLowerCase()
    seen.set(key, { value, range: equals === -1 ? keyRange : range })
    if (value !== undefined) checkValue(kind, key, value, range, fail)
    checkKeyForType(key, type, keyRange, fail)
  }
  if (!isEarly) checkCombination(type, seen, flag.range, fail)
  return { mount: { type, options, flag }, problem, isEarly }
}

const mountIsNoList = text`\`--mount\` is a comma-separated list with a stray quote in it. Put a quote around a whole field, as in \`"source=a,b"\`.`

type Fail = (range: OffsetRange, message: Message, suggestion?: string) => void

function checkValue(kind: ValueKind, key: string, value: string, range: OffsetRange, fail: Fail): void {
  const says = (what: Message) => text`\`${value}\` is no value for \`${key}\` in \`--mount\`: ${what}.`
  const failNear = (what: Message, options: readonly string[]) => {
    const near = nearest(value.toLowerCase(), options)
    const advice = near === undefined ? [] : [text`Did you mean \`${near}\`?`]
    fail(range, sentences([says(what), ...advice]), near)
  }
  switch (kind) {
    case 'type':
      if (!isOneOf(mountTypes, value.toLowerCase())) {
        failNear(text`the types are ${listed(mountTypes)}`, mountTypes)
      }
      return
    case 'sharing':
      if (!isOneOf(sharingModes, value.toLowerCase())) {
        failNear(text`it is one of ${listed(sharingModes)}`, sharingModes)
      }
      return
    case 'boolean':
      if (!isBoolean(value)) fail(range, says(text`write true or false`))
      return
    case 'octal':
      if (!/^[0-7]+$/.test(value) || Number.parseInt(value, 8) >= 2 ** 32)
        fail(range, says(text`write an octal mode such as 0755`))
      return
    case 'number':
      if (!/^\d+$/.test(value) || Number(value) >= 2 ** 32)
        fail(range, says(text`write a number; names are not looked up here`))
      return
    case 'size':
      if (
        !/^\d*\.?\d+(?:\.\d*)? ?(?:[kKmMgGtTpP](?:i?[bB])?|[bB])?$/.test(value) &&
        !/^\d+\.? ?(?:[kKmMgGtTpP](?:i?[bB])?|[bB])?$/.test(value)
      ) {
        fail(range, says(text`write a size such as 64m`))
      }
      return
    case 'text':
      return
  }
}

/** `size` and `required` are looked at when they are read, so the type must stand in front of them. */
function checkKeyForType(key: string, type: string, range: OffsetRange, fail: Fail): void {
  if (!isOneOf(mountTypes, type)) return
  if (key === 'size' && type !== 'tmpfs') {
    fail(
      range,
      text`\`size\` belongs to \`type=tmpfs\`; this mount is of type ${type}. Write the type first.`,
    )
  }
  if (key === 'required' && type !== 'secret' && type !== 'ssh') {
    fail(
      range,
      text`\`required\` belongs to secret and ssh mounts; this mount is of type ${type}. Write the type first.`,
    )
  }
}

function checkCombination(
  type: string,
  seen: ReadonlyMap<string, { value: string | undefined; range: OffsetRange }>,
  whole: OffsetRange,
  fail: Fail,
): void {
  // A type that only the build knows decides nothing here.
  if (seen.get('type') !== undefined && seen.get('type')?.value === undefined) return
  for (const key of ['mode', 'uid', 'gid'] as const) {
    const option = seen.get(key)
    if (option !== undefined && (type === 'bind' || type === 'tmpfs')) {
      fail(
        option.range,
        text`\`${key}\` is for cache, secret and ssh mounts; this one is of type ${type}. Remove it.`,
      )
    }
  }
  const given = (...names: string[]) =>
    names.map((name) => seen.get(name)).findLast((one) => one !== undefined && one.value !== '')
  if (type === 'secret') {
    const from = given('from')
    if (from !== undefined)
      fail(from.range, text`A secret mount has no \`from\`: secrets come from the build command. Remove it.`)
    const sharing = given('sharing')
    if (sharing !== undefined) fail(sharing.range, text`A secret mount has no \`sharing\`. Remove it.`)
    const source = given('source', 'src')
    const id = given('id')
    if (source === undefined && id === undefined && given('target', 'dst', 'destination') === undefined) {
      fail(whole, text`A secret mount needs to say which secret: add \`id=…\` or \`target=…\`.`)
    }
    if (source?.value !== undefined && id?.value !== undefined)
      fail(id.range, text`A secret mount has either \`source\` or \`id\`. Remove one of them.`)
  }
  const sharing = given('sharing')
  if (sharing !== undefined && type !== 'cache') {
    fail(sharing.range, text`\`sharing\` is for cache mounts; this one is of type ${type}. Remove it.`)
  }
}

function isOneOf(options: readonly string[], value: string): boolean {
  return options.includes(value)
}

function problemAt(
  range: OffsetRange,
  kind: SyntaxProblemKind,
  message: Message,
  suggestion?: string,
): SyntaxProblem {
  return { kind, severity: 'error', range, message, ...(suggestion === undefined ? {} : { suggestion }) }
}

/** One line of CSV as go-csvvalue reads it; 'bad' where a quote stands wrong or nothing is there. */
export function readFields(line: string): Field[] | 'bad' {
  if (line === '') return 'bad'
  const fields: Field[] = []
  let at = 0
  for (;;) {
    if (line[at] !== '"') {
      const comma = line.indexOf(',', at)
      const end = comma === -1 ? line.length : comma
      const text = line.slice(at, end)
      if (text.includes('"')) return 'bad'
      fields.push({ text, start: at, end, plain: true })
      if (comma === -1) return fields
      at = end + 1
      continue
    }
    const start = at
    let text = ''
    at++
    for (;;) {
      const quote = line.indexOf('"', at)
      if (quote === -1) return 'bad'
      text += line.slice(at, quote)
      at = quote + 1
      if (line[at] !== '"') break
      text += '"'
      at++
    }
    fields.push({ text, start, end: at, plain: false })
    if (at === line.length) return fields
    if (line[at] !== ',') return 'bad'
    at++
  }
}
