/** What a message is about: a name or number as it is, or a text that is said in the reader's language too. */
export type Argument = string | number | Message

/** A text for people that is in no language yet: what it says in English, and what stands between these parts. */
export interface Message {
  readonly english: readonly string[]
  readonly args: readonly Argument[]
}

/**
 * A text for people: `` text`${path} belongs to ${owner}.` ``
 * What stands in it literally is translated; names, paths, numbers and other messages are its arguments. It costs next to nothing until somebody reads it.
 */
export function text(english: TemplateStringsArray, ...args: readonly Argument[]): Message {
  return { english, args }
}

/** The message in English. */
export function inEnglish({ english, args }: Message): string {
  let said = english[0] ?? ''
  for (const [index, arg] of args.entries())
    said += `${typeof arg === 'object' ? inEnglish(arg) : arg}${english[index + 1] ?? ''}`
  return said
}

const keys = new WeakMap<readonly string[], string>()

/** How translations name the message: its English text with `{0}`, `{1}` … for the arguments. */
export function keyOf({ english }: Pick<Message, 'english'>): string {
  const known = keys.get(english)
  if (known !== undefined) return known
  const key = english.reduce((all, part, index) => (index === 0 ? part : `${all}{${index - 1}}${part}`), '')
  keys.set(english, key)
  return key
}
