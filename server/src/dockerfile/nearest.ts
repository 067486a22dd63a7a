/** BuildKit: util/suggest, the option at an edit distance below 3, the nearest first. */
export function nearest(word: string, options: readonly string[]): string | undefined {
  let best: string | undefined
  let least = 3
  for (const option of options) {
    if (option === word) return undefined
    if (Math.abs(option.length - word.length) >= least) continue
    const distance = editDistance(word, option)
    if (distance < least) {
      least = distance
      best = option
    }
  }
  return best
}

/** Of words no longer than the options: two rows are enough, and they are used again. */
function editDistance(a: string, b: string): number {
  const width = b.length + 1
  if (rows.length < 2 * width) rows = new Uint16Array(2 * width)
  for (let j = 0; j < width; j++) rows[j] = j
  let from = 0
  for (let i = 1; i <= a.length; i++) {
    const to = width - from
    rows[to] = i
    const char = a.charCodeAt(i - 1)
    for (let j = 1; j < width; j++) {
      const change = (rows[from + j - 1] as number) + (char === b.charCodeAt(j - 1) ? 0 : 1)
      const gap = Math.min(rows[from + j] as number, rows[to + j - 1] as number) + 1
      rows[to + j] = Math.min(change, gap)
    }
    from = to
  }
  return rows[from + b.length] as number
}

let rows = new Uint16Array(64)
