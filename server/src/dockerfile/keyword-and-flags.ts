import { isBlank, isSpace, skipSpace, trimSpaceEnd } from './characters.ts'
import { instructionNames } from './instruction-names.ts'
import { joinMapped, mapped, sliceMapped, toFileOffset, toFileRange } from './mapped-text.ts'
import type { Flag, MappedText, OffsetRange } from './types.ts'

/** BuildKit: parser/split_command.go. */
export interface SplitInstruction {
  readonly keyword: string
  /** In the file. */
  readonly keywordRange: OffsetRange
  readonly flags: readonly Flag[]
  readonly mounts: MountTexts
  /** Without the flags and white space around. */
  readonly args: MappedText
  readonly argsRange: OffsetRange
  /** A character that BuildKit cuts in two: it ends a flag in the middle. Only RUN's arguments are sent as they are. */
  readonly cut: OffsetRange | undefined
}

/** The values of `--mount`, each character mapped to the file. */
type MountTexts = ReadonlyMap<Flag, MappedText>

/** Splits a logical line into keyword, `--flags` and the rest. */
export function splitInstruction(line: MappedText, escapeWith: string): SplitInstruction {
  const { text } = line
  const start = skipSpace(text, 0, text.length)
  const end = trimSpaceEnd(text, start, text.length)
  let keywordEnd = start
  while (keywordEnd < end && !isBlank(text.charCodeAt(keywordEnd))) keywordEnd++
  let rest = keywordEnd
  while (rest < end && isBlank(text.charCodeAt(rest))) rest++
  const { flags, mounts, next, brokenBytes } = readFlags(line, rest, end, escapeWith)
  const from = brokenBytes === 0 ? skipSpace(text, next, end) : next
  const to = Math.max(from, trimSpaceEnd(text, from, end))
  const args = argumentsOf(line, from, to, brokenBytes)
  const written = text.slice(start, keywordEnd)
  return {
    // One string for all: files repeat their keywords.
    keyword: writtenNames.get(written) ?? written,
    keywordRange: toFileRange(line, { start, end: keywordEnd }),
    flags,
    mounts,
    args,
    argsRange: toFileRange(args, { start: 0, end: args.text.length }),
    cut: brokenBytes === 0 ? undefined : characterBefore(line, from),
  }
}

function characterBefore(line: MappedText, end: number): OffsetRange {
  const code = line.text.charCodeAt(end - 1)
  return toFileRange(line, { start: code >= 0xdc00 && code <= 0xdfff ? end - 2 : end - 1, end })
}

function argumentsOf(line: MappedText, from: number, to: number, brokenBytes: number): MappedText {
  const args = sliceMapped(line, from, to)
  if (brokenBytes === 0) return args
  return joinMapped([mapped('\uFFFD'.repeat(brokenBytes), toFileOffset(line, from - 1)), args])
}

const writtenNames: ReadonlyMap<string, string> = new Map(instructionNames.map((name) => [name, name]))

const dash = 0x2d
const noFlags: readonly Flag[] = Object.freeze([])
const noMounts: MountTexts = new Map()

interface Flags {
  readonly flags: readonly Flag[]
  readonly mounts: MountTexts
  /** Where the arguments begin, white space not yet skipped. */
  readonly next: number
  /** Bytes of a split character in front of the arguments. */
  readonly brokenBytes: number
}

/**
 * BuildKit reads flags byte by byte and takes each byte for a character (extractBuilderFlags): `ü` in a flag
 * becomes `Ã¼`, and a character with the bytes 85 or A0 in it ends the flag. So do we.
 */
function readFlags(line: MappedText, from: number, to: number, escapeWith: string): Flags {
  const { text } = line
  // Only ASCII: no other white space is one byte of its own.
  let first = from
  while (first < to && text.charCodeAt(first) < 0x80 && isSpace(text.charCodeAt(first))) first++
  if (text.charCodeAt(first) !== dash || text.charCodeAt(first + 1) !== dash)
    return { flags: noFlags, mounts: noMounts, next: from, brokenBytes: 0 }
  return readPlainFlags(line, first, to, escapeWith) ?? readFlagBytes(line, first, to, escapeWith)
}

/** The usual case, and the only one that is quick: ASCII without quotes and escapes. Undefined where it is not so. */
function readPlainFlags(line: MappedText, from: number, to: number, escapeWith: string): Flags | undefined {
  const { text } = line
  const escapeCode = escapeWith.charCodeAt(0)
  const flags: Flag[] = []
  let mounts: Map<Flag, MappedText> | undefined
  let at = from
  for (;;) {
    while (at < to && isSpace(text.charCodeAt(at)) && text.charCodeAt(at) < 0x80) at++
    const start = at
    if (at === to || text.charCodeAt(at) !== dash || text.charCodeAt(at + 1) !== dash) break
    for (; at < to; at++) {
      const code = text.charCodeAt(at)
      if (code >= 0x80 || code === 0x22 || code === 0x27 || code === escapeCode) return undefined
      if (isSpace(code)) break
    }
    if (at - start === 2) break
    const flag = plainFlag(line, start, at)
    flags.push(flag)
    if (flag.name !== 'mount' || flag.value === undefined) continue
    mounts ??= new Map()
    mounts.set(flag, sliceMapped(line, start + '--mount='.length, at))
  }
  return { flags, mounts: mounts ?? noMounts, next: at, brokenBytes: 0 }
}

function plainFlag(line: MappedText, start: number, end: number): Flag {
  const { text } = line
  let nameEnd = start
  while (nameEnd < end && text.charCodeAt(nameEnd) !== equalsSign) nameEnd++
  const range = toFileRange(line, { start, end })
  const name = text.slice(start + 2, nameEnd)
  const nameRange = { start: range.start, end: toFileOffset(line, nameEnd - 1) + 1 }
  if (nameEnd === end) return { name, value: undefined, range, nameRange }
  const value = {
    raw: text.slice(nameEnd + 1, end),
    range: { start: toFileOffset(line, nameEnd) + 1, end: range.end },
  }
  return { name, value, range, nameRange }
}

const equalsSign = 0x3d

function readFlagBytes(line: MappedText, from: number, to: number, escapeWith: string): Flags {
  const units = byteUnits(line.text, from, to)
  const { length } = units.bytes
  const escapeCode = escapeWith.charCodeAt(0)
  const flags: Flag[] = []
  const mounts = new Map<Flag, MappedText>()
  // The flag that is being read: its characters, and where each stands in the line.
  const word: Characters = { codes: new Uint16Array(length), origins: new Uint32Array(length), count: 0 }

  let phase: 'spaces' | 'word' | 'quote' = 'spaces'
  let quote = 0
  let quoted = false
  let wordAt = 0
  let at = 0
  const byte = (index: number) => units.bytes[index] as number
  const add = (index: number) => {
    word.codes[word.count] = byte(index)
    word.origins[word.count++] = units.charAt(index)
  }
  const endWord = (index: number) => {
    const isEnd = word.count === 2 && word.codes[0] === dash && word.codes[1] === dash
    if (!isEnd && (quoted || word.count > 0)) {
      // Without quotes and escapes it stands in the text as it is.
      const isWhole = word.count === index - wordAt
      const text = isWhole ? units.shown.slice(wordAt, index) : toText(word.codes, word.count)
      const flag = toFlag(line, word, text, units.charAt(wordAt), units.endBefore(index))
      flags.push(flag)
      if (flag.name === 'mount' && flag.value !== undefined) mounts.set(flag, mappedValue(line, word, flag))
    }
    word.count = 0
    quoted = false
    return isEnd
  }
  for (; at <= length; at++) {
    if (phase === 'spaces') {
      if (at === length) break
      if (isSpace(byte(at))) continue
      if (byte(at) !== dash || at + 1 === length || byte(at + 1) !== dash) {
        // A character that a byte of its own has cut in two leaves its other bytes in front of the arguments.
        let broken = 0
        while (at < length && (byte(at) & 0xc0) === 0x80 && units.isBytes) {
          broken++
          at++
        }
        return { flags, mounts, next: units.charAt(at), brokenBytes: broken }
      }
      phase = 'word'
      wordAt = at
    }
    if (at === length) {
      endWord(at)
      break
    }
    const code = byte(at)
    if (phase === 'word') {
      if (isSpace(code)) {
        phase = 'spaces'
        if (endWord(at)) return { flags, mounts, next: units.charAt(at), brokenBytes: 0 }
        continue
      }
      if (code === 0x27 || code === 0x22) {
        quote = code
        quoted = true
        phase = 'quote'
        continue
      }
    } else if (code === quote) {
      phase = 'word'
      continue
    }
    if (code === escapeCode) {
      if (at + 1 === length) {
        phase = 'word'
        continue
      }
      at++
    }
    add(at)
  }
  return { flags, mounts, next: to, brokenBytes: 0 }
}

interface Characters {
  readonly codes: Uint16Array
  readonly origins: Uint32Array
  count: number
}

function toFlag(line: MappedText, word: Characters, text: string, start: number, end: number): Flag {
  const equals = text.indexOf('=')
  const nameEnd = equals === -1 ? text.length : equals
  const fileEnd = (index: number) => toFileOffset(line, word.origins[index - 1] ?? end - 1) + 1
  const range = toFileRange(line, { start, end })
  const name = text.slice(2, nameEnd)
  const nameRange = { start: range.start, end: fileEnd(nameEnd) }
  if (equals === -1) return { name, value: undefined, range, nameRange }
  const value = { raw: text.slice(equals + 1), range: { start: fileEnd(equals + 1), end: range.end } }
  return { name, value, range, nameRange }
}

/** Contiguous stretches of the value's characters: escapes and quotes were left out between them. */
function mappedValue(line: MappedText, { origins, count }: Characters, { value, range }: Flag): MappedText {
  const raw = value?.raw ?? ''
  const from = count - raw.length
  const breaks: number[] = []
  let first = range.end
  let expected = -1
  for (let index = from; index < count; index++) {
    const offset = toFileOffset(line, origins[index] as number)
    if (index === from) first = offset
    else if (offset !== expected) breaks.push(index - from, offset)
    expected = offset + 1
  }
  return { text: raw, offset: first, breaks }
}

function toText(codes: Uint16Array | Uint8Array, count: number): string {
  let text = ''
  for (let at = 0; at < count; at += 4096)
    text += Reflect.apply(String.fromCharCode, undefined, codes.subarray(at, Math.min(at + 4096, count)))
  return text
}

interface ByteUnits {
  readonly bytes: ArrayLike<number>
  /** Each byte as a character. */
  readonly shown: string
  readonly isBytes: boolean
  /** The index in the text of the character that a byte belongs to. */
  charAt(index: number): number
  /** The end in the text of the character before a byte. */
  endBefore(index: number): number
}

function byteUnits(text: string, from: number, to: number): ByteUnits {
  let ascii = true
  const codes = new Uint16Array(to - from)
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at)
    if (code >= 0x80) ascii = false
    codes[at - from] = code
  }
  if (ascii)
    return {
      bytes: codes,
      shown: text.slice(from, to),
      isBytes: false,
      charAt: (index) => from + index,
      endBefore: (index) => from + index,
    }
  const bytes = new TextEncoder().encode(text.slice(from, to))
  const origins = new Uint32Array(bytes.length + 1)
  let char = from - 1
  let width = 0
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index] as number
    if ((byte & 0xc0) !== 0x80) {
      char += width === 0 ? 1 : width
      width = byte >= 0xf0 ? 2 : 1
    }
    origins[index] = char
  }
  origins[bytes.length] = to
  return {
    bytes,
    shown: toText(bytes, bytes.length),
    isBytes: true,
    charAt: (index) => origins[index] as number,
    endBefore: (index) => (index === 0 ? from : Math.min(to, (origins[index - 1] as number) + 1)),
  }
}
