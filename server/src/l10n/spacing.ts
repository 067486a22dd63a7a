const han = /\p{Script=Han}/u
const punctuation = /[，。；：、！？（）“”…]/
const latin = /[\w`'"/$.~@*()%+=-]/

/**
 * The text between arguments as Chinese is set beside them: a space where Chinese meets Latin letters, digits and code,
 * none where it meets Chinese or its own punctuation. Whoever translates does not know what an argument will be.
 * @param before what stands before, an argument or nothing
 */
export function besideArguments(between: string, before: string, after: string): string {
  const text = between.trim()
  if (text === '') return between
  const first = text[0] as string
  const last = text.at(-1) as string
  const start = space(before.at(-1) ?? '', first) ?? /^\s*/.exec(between)?.[0] ?? ''
  const end = space(last, after[0] ?? '') ?? /\s*$/.exec(between)?.[0] ?? ''
  return `${start}${text}${end}`
}

/** The space that belongs between two characters; undefined where that is no question of Chinese. */
function space(left: string, right: string): string | undefined {
  if (left === '' || right === '') return undefined
  if (punctuation.test(left) || punctuation.test(right)) return ''
  if (han.test(left)) return han.test(right) ? '' : latin.test(right) ? ' ' : undefined
  return han.test(right) && latin.test(left) ? ' ' : undefined
}
