/** The name that was probably meant: few letters differ; undefined where none is close. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase()
  const names = [...known]
  // `warn` is `warning`, `info` is `information`.
  const longer = wanted.length < 3 ? undefined : names.find((one) => one.toLowerCase().startsWith(wanted))
  if (longer !== undefined) return longer
  let best: string | undefined
  // A third of the letters may be wrong, two at least: `usr` is `user`, `gropus` is `groups`.
  let limit = Math.max(2, Math.floor(name.length / 3)) + 1
  for (const candidate of names) {
    const far = distance(wanted, candidate.toLowerCase(), limit)
    if (far < limit && far < Math.max(wanted.length, candidate.length)) {
      limit = far
      best = candidate
    }
  }
  return best
}

/** Optimal string alignment distance: letters put in, left out, changed, or two swapped. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const next = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      let cost = Math.min(
        (last[column] as number) + 1,
        (next[column - 1] as number) + 1,
        (last[column - 1] as number) + (same ? 0 : 1),
      )
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (swapped) cost = Math.min(cost, (before[column - 2] as number) + 1)
      next.push(cost)
    }
    before = last
    last = next
  }
  return last[b.length] as number
}
