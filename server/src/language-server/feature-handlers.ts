import {
  type CodeAction,
  type CompletionItem,
  type Connection,
  ExecuteCommandRequest,
  type Location,
} from 'vscode-languageserver'
import { definitionOf, referencesOf, renameOf, renameRangeOf } from './features/account-names.ts'
import { actionDocument, codeActionsOf, resolveCodeAction } from './features/code-actions.ts'
import { codeLensesOf } from './features/code-lens.ts'
import { commands } from './features/commands.ts'
import { completionsOf } from './features/completion.ts'
import { hoverOf, joinHovers } from './features/hover.ts'
import { inlayHintsOf } from './features/inlay-hints.ts'
import type { Verifications } from './features/verify.ts'
import type { GeneralFeatures } from './general-features.ts'
import type { Guard } from './guard.ts'
import { serverCommands } from './protocol.ts'
import type { Session } from './session.ts'

export interface FeatureParts {
  readonly connection: Connection
  readonly guard: Guard
  readonly session: Session
  readonly general: GeneralFeatures
  readonly verifications: Verifications
  /** The general features with the document's text; undefined where they are off or the document is closed. */
  useGeneral(uri: string): Promise<{ readonly features: GeneralFeatures; readonly text: string } | undefined>
}

/** Connects requests with features; what a feature answers is decided there, not here. */
export function handleFeatureRequests({
  connection,
  guard,
  session,
  general,
  verifications,
  useGeneral,
}: FeatureParts): void {
  const { client, analyses, settingsOf } = session

  connection.onCodeAction(
    guard('code actions', [] as CodeAction[], async (params, token) => {
      const snapshot = await analyses.of(params.textDocument.uri, token)
      return snapshot ? codeActionsOf(snapshot, params, client) : []
    }),
  )
  connection.onCodeActionResolve(async (action, token) => {
    const resolve = guard('code action', action, async (wanted: CodeAction) => {
      const uri = actionDocument(wanted)
      const snapshot = uri === undefined ? undefined : await analyses.of(uri, token)
      return resolveCodeAction(wanted, snapshot, client)
    })
    return resolve(action, token)
  })
  connection.onHover(
    guard('hover', null, async ({ textDocument: { uri }, position }, token) => {
      const snapshot = await analyses.of(uri, token)
      const other = await useGeneral(uri)
      return joinHovers(
        snapshot ? hoverOf(snapshot, position, client) : null,
        other ? other.features.hover(other.text, position) : null,
      )
    }),
  )
  connection.onCodeLens(
    guard('code lens', [], async ({ textDocument: { uri } }, token) => {
      const { codeLens } = await settingsOf(uri)
      const snapshot = codeLens ? await analyses.of(uri, token) : undefined
      return snapshot ? codeLensesOf(snapshot, client) : []
    }),
  )
  connection.languages.inlayHint.on(
    guard('inlay hints', [], async ({ textDocument: { uri }, range }, token) => {
      const { inlayHints } = await settingsOf(uri)
      const snapshot = inlayHints ? await analyses.of(uri, token) : undefined
      return snapshot ? inlayHintsOf(snapshot, range, client) : []
    }),
  )
  connection.onCompletion(
    guard('completion', [] as CompletionItem[], async ({ textDocument: { uri }, position }, token) => {
      const snapshot = await analyses.of(uri, token)
      const ours = snapshot ? (completionsOf(snapshot, position, client) ?? []) : []
      const other = await useGeneral(uri)
      const known = new Set(ours.map(({ label }) => label))
      const theirs = other ? await other.features.completion(other.text, position) : []
      return [...ours, ...theirs.filter(({ label }) => !known.has(label))]
    }),
  )
  connection.onCompletionResolve(async (item, token) => {
    const resolve = guard('completion item', item, async (wanted: CompletionItem) => {
      // Only the general service leaves something to resolve.
      return wanted.data === undefined ? wanted : general.resolveCompletion(wanted)
    })
    return resolve(item, token)
  })
  connection.onDefinition(
    guard('definition', null, async ({ textDocument: { uri }, position }, token) => {
      const snapshot = await analyses.of(uri, token)
      return snapshot ? definitionOf(snapshot, position) : null
    }),
  )
  connection.onReferences(
    guard('references', [] as Location[], async ({ textDocument: { uri }, position, context }, token) => {
      const snapshot = await analyses.of(uri, token)
      return snapshot ? referencesOf(snapshot, position, context.includeDeclaration) : []
    }),
  )
  connection.onPrepareRename(
    guard('rename', null, async ({ textDocument: { uri }, position }, token) => {
      const snapshot = await analyses.of(uri, token)
      const range = snapshot ? renameRangeOf(snapshot, position) : null
      const other = await useGeneral(uri)
      return range ?? (other ? other.features.renameRange(other.text, position) : null)
    }),
  )
  connection.onRenameRequest(
    guard('rename', null, async ({ textDocument: { uri }, position, newName }, token) => {
      const snapshot = await analyses.of(uri, token)
      const edit = snapshot ? renameOf(snapshot, position, newName, client) : null
      if (edit) return edit
      const other = await useGeneral(uri)
      const edits = other ? other.features.rename(uri, other.text, position, newName) : []
      return edits.length > 0 ? { changes: { [uri]: edits } } : null
    }),
  )
  // Not onExecuteCommand, which takes the token of the client's progress away.
  connection.onRequest(
    ExecuteCommandRequest.type,
    guard('command', null as unknown, async ({ command, arguments: args, workDoneToken }, token) => {
      const answer = commands[command]
      const uri: unknown = args?.[0]
      if (command === serverCommands.verify)
        return typeof uri === 'string' ? verifications.verify(uri, token, workDoneToken) : null
      const snapshot = answer && typeof uri === 'string' ? await analyses.of(uri, token) : undefined
      return answer && snapshot ? answer(snapshot, client) : null
    }),
  )
}
