import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  CodeActionTriggerKind,
  type Command,
  type Diagnostic,
} from 'vscode-languageserver'
import type { Fix, FixSafety, Offer } from '../../fixes/types.ts'
import { harden } from '../../harden/index.ts'
import { text } from '../../l10n/index.ts'
import { repair } from '../../repair/index.ts'
import type { Finding } from '../../rules/types.ts'
import type { Client } from '../client-capabilities.ts'
import { workspaceEdit } from '../edits.ts'
import { clientCommands } from '../protocol.ts'
import type { Snapshot } from '../snapshot.ts'
import { diagnosticOf } from './diagnostics.ts'
import { hardenEdit } from './harden-edit.ts'
import { ignoreEdit } from './ignore-here.ts'

export const fixAllKind = `${CodeActionKind.SourceFixAll}.unroot`
export const hardenKind = `${CodeActionKind.RefactorRewrite}.unroot.harden`
export const codeActionKinds = [CodeActionKind.QuickFix, fixAllKind, hardenKind]

/** More than this nobody reads. */
const fixesShown = 5

/** How the edit of an action is made again, when the client asks for it. */
type Recipe =
  | { readonly make: 'fix'; readonly finding: number; readonly fix: number }
  | { readonly make: 'ignore'; readonly finding: number }
  | { readonly make: 'fix-rule'; readonly rule: string }
  | { readonly make: 'fix-all' }
  | { readonly make: 'harden' }
interface ActionData {
  readonly uri: string
  readonly version: number
  readonly serial: number
  readonly recipe: Recipe
}

/** What the light bulb offers at a range, best first. */
export function codeActionsOf(
  snapshot: Snapshot,
  { range, context }: CodeActionParams,
  client: Client,
): CodeAction[] {
  const wants = (kind: string) =>
    context.only === undefined || context.only.some((only) => kind === only || kind.startsWith(`${only}.`))
  const actions: CodeAction[] = []
  const { findings } = snapshot.analysis
  if (wants(CodeActionKind.QuickFix) && !snapshot.ignored) {
    const start = snapshot.offsetAt(range.start)
    const end = snapshot.offsetAt(range.end)
    const here = findings.filter((finding) => finding.range.start <= end && start <= finding.range.end)
    for (const finding of here) actions.push(...fixActions(snapshot, finding, client))
    for (const finding of here) actions.push(...ignoreActions(snapshot, finding, client))
    for (const rule of new Set(here.map(({ rule }) => rule.id)))
      actions.push(...ruleActions(snapshot, rule, client))
  }
  const explicit = context.triggerKind !== CodeActionTriggerKind.Automatic || context.only !== undefined
  if (wants(hardenKind)) actions.push(...hardenActions(snapshot, client, explicit))
  // Asked for by name only: a whole-file change is no answer to a squiggle.
  if (context.only?.some((only) => fixAllKind === only || fixAllKind.startsWith(`${only}.`)))
    actions.push(...fixAllActions(snapshot, client))
  return actions
}

function fixActions(snapshot: Snapshot, finding: Finding, client: Client): CodeAction[] {
  const diagnostics = [diagnosticOf(finding, snapshot, client)]
  const number = snapshot.analysis.findings.indexOf(finding)
  return snapshot.analysis
    .fixesFor(finding)
    .slice(0, fixesShown)
    .flatMap((fix, index) => {
      if (fix.kind === 'offer') return offerActions(snapshot, fix, diagnostics, client)
      return withEdit(
        snapshot,
        client,
        { make: 'fix', finding: number, fix: index },
        {
          title: client.say(fix.title),
          kind: CodeActionKind.QuickFix,
          diagnostics,
          isPreferred: index === 0,
        },
      )
    })
}

function offerActions(
  snapshot: Snapshot,
  { title: message, offer }: Offer,
  diagnostics: Diagnostic[],
  client: Client,
): CodeAction[] {
  if (!client.unrootCommands) return []
  const commands: Record<Offer['offer']['name'], Omit<Command, 'title'>> = {
    'show-runtime-guidance': { command: clientCommands.showRuntimeGuidance, arguments: [snapshot.uri] },
    'harden-image': { command: clientCommands.hardenImage, arguments: [snapshot.uri] },
    'declare-base-image': {
      command: clientCommands.declareBaseImage,
      arguments: [snapshot.uri, 'reference' in offer ? offer.reference : ''],
    },
  }
  const title = client.say(message)
  return [{ title, kind: CodeActionKind.QuickFix, diagnostics, command: { title, ...commands[offer.name] } }]
}

function ignoreActions(snapshot: Snapshot, finding: Finding, client: Client): CodeAction[] {
  if (ignoreEdit(snapshot, finding, client) === undefined) return []
  const recipe: Recipe = { make: 'ignore', finding: snapshot.analysis.findings.indexOf(finding) }
  return withEdit(snapshot, client, recipe, {
    title: client.say(text`Ignore ${finding.rule.id} here, with a reason`),
    kind: CodeActionKind.QuickFix,
    diagnostics: [diagnosticOf(finding, snapshot, client)],
  })
}

const byClick: ReadonlySet<FixSafety> = new Set(['safe', 'suggestion'])

function ruleActions(snapshot: Snapshot, rule: string, client: Client): CodeAction[] {
  const same = snapshot.analysis.findings.filter((finding) => finding.rule.id === rule)
  const fixable = same.filter((finding) =>
    finding.fixes().some((fix) => fix.kind === 'edit' && byClick.has(fix.safety)),
  )
  if (fixable.length < 2) return []
  return withEdit(
    snapshot,
    client,
    { make: 'fix-rule', rule },
    {
      title: client.say(text`Fix all ${rule} in this file`),
      kind: CodeActionKind.QuickFix,
      diagnostics: same.map((finding) => diagnosticOf(finding, snapshot, client)),
    },
  )
}

function fixAllActions(snapshot: Snapshot, client: Client): CodeAction[] {
  const edit = editOf(snapshot, client, { make: 'fix-all' })
  return edit ? [{ title: client.say(text`Apply all safe fixes of Unroot`), kind: fixAllKind, edit }] : []
}

/** @param explicit somebody opened the menu: then it is worth knowing whether there is something to harden */
function hardenActions(snapshot: Snapshot, client: Client, explicit: boolean): CodeAction[] {
  if (snapshot.analysis.timeline.target === undefined) return []
  const action: CodeAction = { title: client.say(text`Harden image: run without root`), kind: hardenKind }
  if (!explicit && client.resolvesCodeActions) return withEdit(snapshot, client, { make: 'harden' }, action)
  const plan = harden(snapshot.analysis)
  if (plan.edits.length > 0) return [{ ...action, edit: hardenEdit(snapshot, plan, client) }]
  if (!client.disablesCodeActions) return []
  return [
    { ...action, disabled: { reason: client.say(plan.refusals[0] ?? text`Nothing is left to harden.`) } },
  ]
}

/** The action with its edit, or with what is needed to make it when somebody chooses it. */
function withEdit(snapshot: Snapshot, client: Client, recipe: Recipe, action: CodeAction): CodeAction[] {
  if (!client.resolvesCodeActions) {
    const edit = editOf(snapshot, client, recipe)
    return edit ? [{ ...action, edit }] : []
  }
  const data: ActionData = { uri: snapshot.uri, version: snapshot.version, serial: snapshot.serial, recipe }
  return [{ ...action, data }]
}

/** The document that an action was made for; undefined where it has nothing to resolve. */
export function actionDocument({ data }: CodeAction): string | undefined {
  return (data as ActionData | undefined)?.uri
}

export function resolveCodeAction(
  action: CodeAction,
  snapshot: Snapshot | undefined,
  client: Client,
): CodeAction {
  const data = action.data as ActionData | undefined
  // An edit for a text that is gone would land in the wrong place.
  if (snapshot === undefined || data === undefined || data.version !== snapshot.version) return action
  if (data.serial !== snapshot.serial && 'finding' in data.recipe) return action
  const edit = editOf(snapshot, client, data.recipe)
  return edit ? { ...action, edit } : action
}

function editOf(snapshot: Snapshot, client: Client, recipe: Recipe) {
  const { analysis } = snapshot
  switch (recipe.make) {
    case 'fix': {
      const finding = analysis.findings[recipe.finding]
      const fix = finding && analysis.fixesFor(finding)[recipe.fix]
      return fix?.kind === 'edit' ? fixEdit(snapshot, client, fix) : undefined
    }
    case 'ignore': {
      const finding = analysis.findings[recipe.finding]
      return finding && ignoreEdit(snapshot, finding, client)
    }
    case 'fix-rule':
      return repairEdit(snapshot, client, byClick, new Set([recipe.rule]))
    case 'fix-all':
      return repairEdit(snapshot, client, new Set(['safe']))
    case 'harden': {
      const plan = harden(analysis)
      return plan.edits.length > 0 ? hardenEdit(snapshot, plan, client) : undefined
    }
  }
}

function fixEdit(snapshot: Snapshot, client: Client, { title, safety, edits }: Fix) {
  const annotation = {
    label: client.say(title),
    needsConfirmation: true,
    description: client.say(text`This may need more edits.`),
  }
  return workspaceEdit(snapshot, client, [safety === 'unsafe' ? { edits, annotation } : { edits }])
}

function repairEdit(
  snapshot: Snapshot,
  client: Client,
  safety: ReadonlySet<FixSafety>,
  rules?: ReadonlySet<string>,
) {
  const { edits } = repair(snapshot.analysis, { safety, ...(rules ? { rules } : {}) })
  return edits.length > 0 ? workspaceEdit(snapshot, client, [{ edits }]) : undefined
}
