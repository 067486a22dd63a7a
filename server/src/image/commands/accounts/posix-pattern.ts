/** A POSIX regular expression in JavaScript's spelling; undefined where it uses what we do not translate. */
export function posixPattern(pattern: string, extended: boolean): string | undefined {
  let result = ''
  let start = true
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] as string
    if (character === '[') {
      const set = bracket(pattern, at)
      if (!set) return undefined
      result += set.text
      at = set.end
    } else if (character === '\\') {
      const next = pattern[++at]
      if (next === undefined) return undefined
      if ('(){}|+?'.includes(next)) result += extended ? `\\${next}` : next
      else if ('<>'.includes(next)) result += '\\b'
      else if ('bBwWsS'.includes(next)) result += `\\${next}`
      else if (/[A-Za-z0-9]/.test(next)) return undefined
      else result += `\\${next}`
    } else if ('(){}|+?'.includes(character)) {
      result += extended ? character : `\\${character}`
    } else if (character === '*' && start && !extended) result += '\\*'
    else if (character === '/') result += '\\/'
    else result += character
    start =
      (start && character === '^') ||
      (at === 0 && character === '^') ||
      /\\\($/.test(pattern.slice(0, at + 1))
  }
  return mayTakeLong(result) ? undefined : result
}

/** Patterns come from a file that anybody may have written: none may keep us busy. */
function mayTakeLong(source: string): boolean {
  const repeats = source.replace(/\\./g, '').match(/[*+{]/g)?.length ?? 0
  return repeats > 3 || source.length > 200 || /\)[*+{]/.test(source)
}

/** The pattern, ready to use; undefined where it is not one. */
export function compilePattern(source: string, flags = ''): RegExp | undefined {
  try {
    return new RegExp(source, flags)
  } catch {
    return undefined
  }
}

/** Lines that such a pattern is tried on; longer ones are not looked at. */
export const longestLine = 400

const classes: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  digit: '0-9',
  lower: 'a-z',
  upper: 'A-Z',
  space: '\\s',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9A-Fa-f',
}

function bracket(pattern: string, from: number): { text: string; end: number } | undefined {
  let at = from + 1
  let text = '['
  if (pattern[at] === '^') {
    text += '^'
    at++
  }
  let first = true
  for (; at < pattern.length; at++) {
    const character = pattern[at] as string
    if (character === ']' && !first) return { text: `${text}]`, end: at }
    first = false
    const named = /^\[:([a-z]+):\]/.exec(pattern.slice(at))
    if (named) {
      const set = classes[named[1] ?? '']
      if (set === undefined) return undefined
      text += set
      at += named[0].length - 1
    } else if (character === '[' || character === '\\' || character === ']' || character === '^')
      text += `\\${character}`
    else text += character
  }
  return undefined
}
