import type { BuildContext } from '../image/index.ts'

/** A build context of which nothing is known: text from stdin, a document that was never saved. */
export const emptyBuildContext: BuildContext = {
  stat: () => 'unknown',
  list: () => 'unknown',
  read: () => undefined,
}
