import {
  ErrorCodes,
  type Location,
  type Position,
  type Range,
  ResponseError,
  type WorkspaceEdit,
} from 'vscode-languageserver'
import { accountMentions, isAccountName, madeAt, mentionAt } from '../../explain/index.ts'
import { text } from '../../l10n/index.ts'
import type { Client } from '../client-capabilities.ts'
import { workspaceEdit } from '../edits.ts'
import type { Snapshot } from '../snapshot.ts'

/** Where the account under the cursor is made. */
export function definitionOf(snapshot: Snapshot, position: Position): Location | null {
  const name = nameAt(snapshot, position)
  const range = name === undefined ? undefined : madeAt(snapshot.analysis, name)
  return range ? { uri: snapshot.uri, range: snapshot.rangeOf(range) } : null
}

export function referencesOf(snapshot: Snapshot, position: Position, withDefinition: boolean): Location[] {
  const name = nameAt(snapshot, position)
  if (name === undefined) return []
  const made = madeAt(snapshot.analysis, name)
  return accountMentions(snapshot.analysis)
    .filter((mention) => mention.name === name && mention.kind === 'account')
    .filter(({ range }) => withDefinition || range.start !== made?.start)
    .map(({ range }) => ({ uri: snapshot.uri, range: snapshot.rangeOf(range) }))
}

export function renameRangeOf(snapshot: Snapshot, position: Position): Range | null {
  const mention = mentionAt(snapshot.analysis, snapshot.offsetAt(position))
  return mention ? snapshot.rangeOf(mention.range) : null
}

/** Renames the account, the group of the same name and the home that is called after it. */
export function renameOf(
  snapshot: Snapshot,
  position: Position,
  newName: string,
  client: Client,
): WorkspaceEdit | null {
  const name = nameAt(snapshot, position)
  if (name === undefined) return null
  if (!isAccountName(newName))
    throw new ResponseError(
      ErrorCodes.InvalidParams,
      client.say(
        text`An account name begins with a small letter or _ and holds small letters, digits, _ and -, at most 32.`,
      ),
    )
  const edits = accountMentions(snapshot.analysis)
    .filter((mention) => mention.name === name)
    .map(({ range }) => ({ range, text: newName }))
  return workspaceEdit(snapshot, client, [{ edits }])
}

function nameAt(snapshot: Snapshot, position: Position): string | undefined {
  return mentionAt(snapshot.analysis, snapshot.offsetAt(position))?.name
}
