import type { Certainty } from '../known.ts'
import { type Message, text } from '../l10n/index.ts'

const words: Record<Certainty, Message> = {
  certain: text`certain`,
  likely: text`likely`,
  possible: text`possible`,
}

export function describeCertainty(certainty: Certainty): Message {
  return words[certainty]
}
