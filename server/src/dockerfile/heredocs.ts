import { splitWords } from './shell-words.ts'

/** A `<<` marker, as BuildKit's ParseHeredoc (parser.go) reads a word. */
export interface HeredocMarker {
  readonly name: string
  readonly fd: number
  readonly chomp: boolean
  readonly expand: boolean
}

export interface PlacedMarker extends HeredocMarker {
  /** In the logical line. */
  readonly start: number
  readonly end: number
}

const form = /^(\d*)<<(-?)[\t\n\f\r ]*([^<]*)$/

/** Undefined: not a marker. 'error': BuildKit refuses it. */
export function readMarker(word: string): HeredocMarker | 'error' | undefined {
  if (!word.includes('<<')) return undefined
  const match = form.exec(word)
  const rest = match?.[3]
  if (match === null || rest === undefined || rest === '') return undefined
  const fd = Math.min(Number(match[1]), 2 ** 64)
  const chomp = match[2] === '-'
  if (/^\w+$/.test(rest)) return { name: rest, fd, chomp, expand: true }
  const words = splitWords(rest, 'nothing')
  if (words === undefined) return 'error'
  if (words.length !== 1) return undefined
  const raw = splitWords(rest, 'quotes')
  if (raw === undefined || raw.length !== 1) return 'error'
  const name = words[0]?.text as string
  return {
    name,
    fd,
    chomp,
    expand: quotes(name) === quotes(raw[0]?.text as string),
  }
}

/** The markers of an instruction's line in order; words as BuildKit splits the whole line, keyword and flags too. */
export function readMarkers(line: string): readonly PlacedMarker[] | 'error' {
  const markers: PlacedMarker[] = []
  // Where the line cannot be split (an open quote), BuildKit sees no heredoc at all.
  for (const word of splitWords(line, 'raw') ?? []) {
    const marker = readMarker(word.text)
    if (marker === 'error') return 'error'
    if (marker !== undefined) markers.push({ ...marker, start: word.start, end: word.end })
  }
  return markers
}

function quotes(word: string): number {
  let count = 0
  for (const char of word) if (char === '"' || char === "'") count++
  return count
}
