import { matchAnywhere, matchPrefix, type ShellPattern } from './shell-pattern.ts'

/** What `${x#pattern}`, `${x%pattern}` and `${x/pattern/…}` make of a value (BuildKit: shell/lex.go). */

export function trimPrefix(pattern: ShellPattern, value: string, greedy: boolean): string {
  const runes = [...value]
  const matched = matchPrefix(pattern, runes, greedy)
  return matched === undefined ? value : runes.slice(matched).join('')
}

export function replace(pattern: ShellPattern, value: string, replacement: string, all: boolean): string {
  const runes = [...value]
  if (!all) {
    const found = matchAnywhere(pattern, runes, 0)
    if (found === undefined) return value
    return runes.slice(0, found.start).join('') + replacement + runes.slice(found.end).join('')
  }
  const out: string[] = []
  let copied = 0
  let from = 0
  let lastEnd = -1
  // Go: regexp.ReplaceAllString; an empty match right behind a match does not count.
  while (from <= runes.length) {
    const found = matchAnywhere(pattern, runes, from)
    if (found === undefined) break
    const isEmpty = found.end === found.start
    for (let at = copied; at < found.start; at++) out.push(runes[at] as string)
    if (!(isEmpty && found.start === lastEnd)) {
      out.push(expandTemplate(replacement, runes.slice(found.start, found.end).join('')))
    }
    copied = found.end
    lastEnd = found.end
    if (found.end > found.start) from = found.end
    else {
      if (found.start < runes.length) out.push(runes[found.start] as string)
      copied = found.start + 1
      from = found.start + 1
    }
  }
  for (let at = copied; at < runes.length; at++) out.push(runes[at] as string)
  return out.join('')
}

/** `//` replaces through Go's regexp.ReplaceAllString, where `$name` in the replacement is a group: there are none but 0. */
function expandTemplate(template: string, matched: string): string {
  return template.replace(/\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu, (text, braced, plain) => {
    if (text === '$$') return '$'
    const name: string = braced ?? plain
    return /^0+$/.test(name) ? matched : ''
  })
}

/** Turned around with its escapes kept in front of what they escape (lex.go: reversePattern). */
export function reversePattern(pattern: string): string {
  const runes = [...pattern]
  const out: string[] = []
  for (let at = 0; at < runes.length; at++) {
    const rune = runes[at] as string
    if (rune === '\\' && at < runes.length - 1) out.push(rune + (runes[++at] as string))
    else out.push(rune)
  }
  return out.reverse().join('')
}

export function reverse(text: string): string {
  return [...text].reverse().join('')
}
