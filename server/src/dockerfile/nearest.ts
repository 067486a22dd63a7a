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

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}
