/** Go: time.ParseDuration, in nanoseconds; undefined where it is none. */
export function parseDuration(text: string): number | undefined {
  const signed = /^[-+]?/.exec(text)?.[0] ?? ''
  const rest = text.slice(signed.length)
  if (rest === '0') return 0
  if (rest === '') return undefined
  const step = /(\d*)(\.?)(\d*)([^\d.]+)/y
  let total = 0
  while (step.lastIndex < rest.length) {
    const match = step.exec(rest)
    if (match === null) return undefined
    const [, whole = '', , fraction = '', unit = ''] = match
    if ((whole === '' && fraction === '') || !Object.hasOwn(units, unit)) return undefined
    total += (Number(whole || '0') + Number(`0.${fraction || '0'}`)) * (units[unit] as number)
    if (total > 2 ** 63) return undefined
  }
  return signed === '-' ? -total : total
}

const units: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
}
