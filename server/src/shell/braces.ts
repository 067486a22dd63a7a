import type { WordPart } from 'unbash'

/** `a{b,c}d` and `{1..3}`, as bash reads them; dash and BusyBox's ash take them for text. */

const mostAlternatives = 256

/** `a{b,c}d` → `abd`, `acd`. A brace expression is read from its text; one with quotes or expansions stays as it is. */
export function braces(parts: readonly WordPart[]): readonly (readonly WordPart[])[] {
  let all: WordPart[][] = [[]]
  for (const part of parts) {
    const choices = part.type === 'BraceExpansion' ? braceChoices(part.text) : undefined
    if (!choices || all.length * choices.length > mostAlternatives) {
      for (const one of all) one.push(part)
      continue
    }
    all = all.flatMap((one) =>
      choices.map((text): WordPart[] => [
        ...one,
        { type: 'Literal', pos: part.pos, end: part.end, value: text, text },
      ]),
    )
  }
  return all
}

const longest = 2_000

function braceChoices(text: string): string[] | undefined {
  if (text.length > longest) return undefined
  const inner = text.slice(1, -1)
  const sequence = /^(-?\d+)\.\.(-?\d+)$/.exec(inner)
  if (sequence) {
    const [from, to] = [Number(sequence[1]), Number(sequence[2])]
    if (Math.abs(to - from) >= mostAlternatives) return undefined
    const step = from <= to ? 1 : -1
    return Array.from({ length: Math.abs(to - from) + 1 }, (_, index) => String(from + index * step))
  }
  if (/["'$`\\]/.test(inner)) return undefined
  const choices: string[] = []
  let depth = 0
  let current = ''
  for (const character of inner) {
    if (character === ',' && depth === 0) {
      choices.push(current)
      current = ''
      continue
    }
    if (character === '{') depth++
    if (character === '}') depth--
    current += character
  }
  choices.push(current)
  if (choices.length < 2) return undefined
  const all = choices.flatMap(expandNested)
  return all.length > mostAlternatives ? undefined : all
}

function expandNested(text: string): string[] {
  const open = text.indexOf('{')
  if (open < 0) return [text]
  let depth = 0
  for (let at = open; at < text.length; at++) {
    if (text[at] === '{') depth++
    if (text[at] !== '}' || --depth > 0) continue
    const choices = braceChoices(text.slice(open, at + 1))
    if (!choices) return [text]
    const tails = expandNested(text.slice(at + 1))
    if (choices.length * tails.length > mostAlternatives) return [text]
    return choices.flatMap((choice) => tails.map((tail) => text.slice(0, open) + choice + tail))
  }
  return [text]
}
