/**
 * Go's idea of characters where it differs from JavaScript's: BuildKit trims and splits with Go's `unicode`
 * package, which counts U+0085 as white space and U+FEFF not.
 */

/** Go: unicode.IsSpace. */
export function isSpace(code: number): boolean {
  if (code < 0x80) return code === 0x20 || (code >= 0x09 && code <= 0x0d)
  return (
    code === 0x85 ||
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  )
}

/** The class `[\t\v\f\r ]` that BuildKit's parser splits arguments with (parser.go: reWhitespace). */
export function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || (code >= 0x0b && code <= 0x0d)
}

/** First index at or after `from` (and before `to`) that is not white space. */
export function skipSpace(text: string, from: number, to: number): number {
  let at = from
  while (at < to && isSpace(text.charCodeAt(at))) at++
  return at
}

/** The end of `text[from, to)` without trailing white space. */
export function trimSpaceEnd(text: string, from: number, to: number): number {
  let end = to
  while (end > from && isSpace(text.charCodeAt(end - 1))) end--
  return end
}

/** Go: strings.TrimSpace. */
export function trimSpace(text: string): string {
  const from = skipSpace(text, 0, text.length)
  return text.slice(from, trimSpaceEnd(text, from, text.length))
}

/** Go: strings.ToLower, which maps rune by rune: `İ` is `i`, not two characters. */
export function toLower(text: string): string {
  return text.replaceAll('\u0130', 'i').toLowerCase()
}

/** Go: strings.EqualFold(word, "as"); the long s folds to s. */
export function isAs(word: string): boolean {
  return word.length === 2 && /^[aA][sSſ]$/.test(word)
}

/** The length in bytes of `text[from, to)` as UTF-8. */
export function utf8Length(text: string, from: number, to: number): number {
  let bytes = to - from
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at)
    if (code < 0x80) continue
    if (code < 0x800) bytes += 1
    else if (code >= 0xd800 && code <= 0xdbff && at + 1 < to && isLowSurrogate(text.charCodeAt(at + 1))) {
      bytes += 2 // four bytes for two units
      at++
    } else bytes += 2
  }
  return bytes
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff
}
