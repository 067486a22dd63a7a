import type { WorkspaceEdit } from 'vscode-languageserver'
import type { HardenPlan } from '../../analysis/index.ts'
import type { Client } from '../client-capabilities.ts'
import { workspaceEdit } from '../edits.ts'
import type { Snapshot } from '../snapshot.ts'

/** The plan as one change with a step for each annotation, so that a person can look at it first. */
export function hardenEdit(snapshot: Snapshot, { steps }: HardenPlan, client: Client): WorkspaceEdit {
  return workspaceEdit(
    snapshot,
    client,
    steps.map(({ title, reason, edits, contextEdits }) => ({
      edits,
      ...(contextEdits ? { elsewhere: contextEdits } : {}),
      annotation: { label: client.say(title), needsConfirmation: true, description: client.say(reason) },
    })),
  )
}
