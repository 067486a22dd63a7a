import { type Argument, inEnglish, type Message, text } from './message.ts'

/** `/app, /data, /srv` */
export function listed(items: readonly Argument[]): Message {
  const [first = '', second] = items
  if (items.length < 2) return typeof first === 'object' ? first : text`${first}`
  if (items.length === 2) return text`${first}, ${second ?? ''}`
  // Halves of halves: a list of thousands is not thousands deep.
  const half = Math.ceil(items.length / 2)
  return text`${listed(items.slice(0, half))}, ${listed(items.slice(half))}`
}

/** One after the other, as sentences stand. */
export function sentences([first, ...others]: readonly Message[]): Message {
  return others.reduce((all, one) => text`${all} ${one}`, first ?? text``)
}

/** Each message once, in their order. */
export function distinct(messages: readonly Message[]): readonly Message[] {
  return [...new Map(messages.map((one) => [inEnglish(one), one])).values()]
}
