import type { OffsetRange } from '../dockerfile/types.ts'
import type { Message } from '../l10n/index.ts'

/** Replaces `range` by `text`; an empty range inserts. */
export interface TextEdit {
  readonly range: OffsetRange
  readonly text: string
}

/**
 * `safe`: the image behaves the same (on-save allowed). `suggestion`: an intended change of behaviour, asked for by a click.
 * `unsafe`: may need more edits; shown with a preview.
 */
export type FixSafety = 'safe' | 'suggestion' | 'unsafe'

/** A repair of the text. */
export interface Fix {
  readonly kind: 'edit'
  readonly title: Message
  readonly safety: FixSafety
  /** Sorted, not overlapping. */
  readonly edits: readonly TextEdit[]
}

/** Something that a face offers beside repairs of the text. */
export interface Offer {
  readonly kind: 'offer'
  readonly title: Message
  readonly offer:
    | { readonly name: 'show-runtime-guidance' }
    | { readonly name: 'harden-image' }
    | { readonly name: 'declare-base-image'; readonly reference: string }
}
