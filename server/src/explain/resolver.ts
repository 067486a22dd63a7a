import type { Resolver } from '../known.ts'
import { type Message, text } from '../l10n/index.ts'

const words: Record<Resolver, Message> = {
  stage: text`stage`,
  workspace: text`workspace`,
  declared: text`declared`,
  catalogue: text`catalogue`,
  engine: text`engine`,
  registry: text`registry`,
  unknown: text`unknown`,
}

/** Where a base image's facts come from, in a word. */
export function describeResolver(resolver: Resolver): Message {
  return words[resolver]
}
