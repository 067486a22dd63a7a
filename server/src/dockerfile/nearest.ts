/** BuildKit: util/suggest, the option at an edit distance below 3, the nearest first. Half of the letters must be right. */
export function nearest(word: string, options: readonly string[]): string | undefined {
  let best: string | undefined
  let least = 3
  for (const option of options) {
    if (option === word) return undefined
    if (Math.abs(option.length - word.length) >= least) continue
    const distance = editDistance(word, option)
    if (distance < least && 2 * distance <= Math.max(word.length, option.length)) {
      least = distance
      best = option
    }
  }
  return best
}

/** With two letters swapped counted as one edit, so that the likelier word wins: RNU is nearer to RUN than to ENV. */
function editDistance(a: string, b: string): number {
  const width = b.length + 1
  if (rows.length < 3 * width) rows = new Uint16Array(3 * width)
  for (let j = 0; j < width; j++) rows[j] = j
  for (let i = 1; i <= a.length; i++) {
    const row = (i % 3) * width
    const above = ((i - 1) % 3) * width
    const beforeThat = ((i + 1) % 3) * width
    rows[row] = i
    for (let j = 1; j < width; j++) {
      const isSame = a.charCodeAt(i - 1) === b.charCodeAt(j - 1)
      const change = (rows[above + j - 1] as number) + (isSame ? 0 : 1)
      const gap = Math.min(rows[above + j] as number, rows[row + j - 1] as number) + 1
      let least = Math.min(change, gap)
      if (
        i > 1 &&
        j > 1 &&
        a.charCodeAt(i - 1) === b.charCodeAt(j - 2) &&
        a.charCodeAt(i - 2) === b.charCodeAt(j - 1)
      ) {
        least = Math.min(least, (rows[beforeThat + j - 2] as number) + 1)
      }
      rows[row + j] = least
    }
  }
  return rows[(a.length % 3) * width + b.length] as number
}

let rows = new Uint16Array(64)
