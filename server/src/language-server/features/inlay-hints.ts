import type { InlayHint, Range } from 'vscode-languageserver'
import { identityChanges } from '../../explain/index.ts'
import type { Client } from '../client-capabilities.ts'
import type { Snapshot } from '../snapshot.ts'

/** `→ app (1000:1000)` where somebody else takes over. */
export function inlayHintsOf(snapshot: Snapshot, range: Range, { say }: Client): InlayHint[] {
  const from = snapshot.offsetAt(range.start)
  const to = snapshot.offsetAt(range.end)
  return identityChanges(snapshot.analysis)
    .filter(({ at }) => from <= at && at <= to)
    .map(({ at, who }) => ({ position: snapshot.positionAt(at), label: `→ ${say(who)}`, paddingLeft: true }))
}
