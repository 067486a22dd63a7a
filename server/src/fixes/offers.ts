import { text } from '../l10n/index.ts'
import type { Offer } from './types.ts'

/** What to run the image with, beside the repairs of the file. */
export const showRuntimeGuidance: Offer = {
  kind: 'offer',
  title: text`Show how to run this image with less power (--user, --cap-drop, …)`,
  offer: { name: 'show-runtime-guidance' },
}
