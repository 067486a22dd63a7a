import type { CodeLens } from 'vscode-languageserver'
import { runsAs } from '../../explain/index.ts'
import { text } from '../../l10n/index.ts'
import type { Client } from '../client-capabilities.ts'
import { clientCommands } from '../protocol.ts'
import type { Snapshot } from '../snapshot.ts'

/** `Runs as root` over the FROM of the stage that becomes the image. */
export function codeLensesOf(snapshot: Snapshot, client: Client): CodeLens[] {
  const { runtime } = snapshot.analysis.timeline
  if (runtime === undefined) return []
  const title = client.say(text`Runs as: ${runsAs(runtime).text}`)
  const command = client.unrootCommands
    ? { title, command: clientCommands.showRuntimeGuidance, arguments: [snapshot.uri] }
    : { title, command: '' }
  return [{ range: snapshot.rangeOf(runtime.stage.stage.from.keywordRange), command }]
}
