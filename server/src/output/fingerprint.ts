import type { CheckedFile, CheckedFinding } from './types.ts'

/** What stays the same of a finding when lines move: its rule and its line's text, numbered where that repeats. */
export function fingerprints({ text, lines, findings }: CheckedFile): ReadonlyMap<CheckedFinding, string> {
  const seen = new Map<string, number>()
  const result = new Map<CheckedFinding, string>()
  for (const finding of findings) {
    const { line } = lines.positionAt(finding.range.start)
    const source = text.slice(lines.lineStart(line), lines.lineEnd(line)).trim().replace(/\s+/g, ' ')
    const key = `${finding.rule.id}\n${source}`
    const count = seen.get(key) ?? 0
    seen.set(key, count + 1)
    result.set(finding, `${hash(key, 0x811c9dc5)}${hash(key, 0x01000193)}:${count + 1}`)
  }
  return result
}

/** FNV-1a, 32 bits. Nothing secret hangs on it. */
function hash(text: string, seed: number): string {
  let value = seed
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  return (value >>> 0).toString(16).padStart(8, '0')
}
