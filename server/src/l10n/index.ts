/** Texts for people, in their language. The lowest layer: all others may use it. */

export { english, type Language, languageOf, translated } from './language.ts'
export { distinct, listed, sentences } from './list.ts'
export { type Argument, inEnglish, keyOf, type Message, text } from './message.ts'
