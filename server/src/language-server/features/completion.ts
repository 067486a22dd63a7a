import { type CompletionItem, CompletionItemKind, type Position } from 'vscode-languageserver'
import { repositories } from '../../base-images/index.ts'
import type { Account, Group, ImageState } from '../../image/index.ts'
import { knownValue } from '../../known.ts'
import { type Language, text } from '../../l10n/index.ts'
import type { Client } from '../client-capabilities.ts'
import type { Snapshot } from '../snapshot.ts'

/** What is written before the cursor, and what may go on there. */
const places: readonly { readonly pattern: RegExp; readonly items: (found: Found) => CompletionItem[] }[] = [
  { pattern: /^\s*(?:ONBUILD\s+)?USER\s+(?<word>[^\s:]*)$/i, items: ({ state }) => accountItems(state) },
  { pattern: /^\s*(?:ONBUILD\s+)?USER\s+[^\s:]+:(?<word>\S*)$/i, items: ({ state }) => groupItems(state) },
  { pattern: /\s--chown=(?<word>[^\s:]*)$/, items: ({ state }) => accountItems(state) },
  { pattern: /\s--chown=[^\s:]*:(?<word>\S*)$/, items: ({ state }) => groupItems(state) },
  { pattern: /^\s*FROM\s+(?:--\S+\s+)*(?<word>[^\s:@-][^\s:@]*)?$/i, items: imageItems },
]

interface Found {
  readonly state: ImageState | undefined
  readonly snapshot: Snapshot
  readonly offset: number
  readonly say: Language
}

/** Accounts and base images; undefined where the place is none of ours. */
export function completionsOf(
  snapshot: Snapshot,
  position: Position,
  { say }: Client,
): CompletionItem[] | undefined {
  const offset = snapshot.offsetAt(position)
  const start = snapshot.offsetAt({ line: position.line, character: 0 })
  const before = snapshot.analysis.text.slice(start, offset)
  for (const { pattern, items } of places) {
    const match = pattern.exec(before)
    if (match === null) continue
    const word = match.groups?.word ?? ''
    const range = { start: snapshot.positionAt(offset - word.length), end: position }
    return items({ state: stateAt(snapshot, offset), snapshot, offset, say }).map((item, index) => ({
      ...item,
      sortText: String(index).padStart(4, '0'),
      textEdit: { range, newText: item.label },
    }))
  }
  return undefined
}

/** The image as it is before the instruction at a place, also where that is only half typed. */
function stateAt({ analysis }: Snapshot, offset: number): ImageState | undefined {
  const stage = analysis.timeline.stages.findLast(({ stage }) => stage.from.range.start <= offset)
  const step = stage?.steps.findLast(({ instruction }) => instruction.range.start <= offset)
  if (step === undefined) return stage?.started
  return offset <= step.instruction.range.end ? step.before : step.after
}

function accountItems(state: ImageState | undefined): CompletionItem[] {
  const users = [...(state?.accounts.users ?? [])].sort((a, b) => rank(a) - rank(b))
  return users.flatMap((account) => {
    const uid = knownValue(account.uid)
    const gid = knownValue(account.gid)
    const home = knownValue(account.home)
    const numbers = uid === undefined ? undefined : `${uid}:${gid ?? uid}`
    const named = {
      label: account.name,
      kind: CompletionItemKind.Value,
      detail: [numbers, home].filter(Boolean).join(', '),
    }
    const numeric = { label: numbers ?? '', kind: CompletionItemKind.Value, detail: account.name }
    return numbers === undefined || uid === 0 ? [named] : [named, numeric]
  })
}

/** Made here, then people, then the system's, root last. */
function rank({ nameRange, uid }: Account): number {
  const number = knownValue(uid) ?? 1
  if (nameRange) return 0
  if (number === 0) return 3
  return number >= 1000 && number < 65534 ? 1 : 2
}

function groupItems(state: ImageState | undefined): CompletionItem[] {
  return (state?.accounts.groups ?? []).map(({ name, gid }: Group) => ({
    label: name,
    kind: CompletionItemKind.Value,
    detail: String(knownValue(gid) ?? ''),
  }))
}

/** Stages above, then all images that the catalogue knows. */
function imageItems({ snapshot, offset, say }: Found): CompletionItem[] {
  const stages = snapshot.analysis.dockerfile.stages.filter(
    ({ name, from }) => name !== undefined && from.range.end < offset,
  )
  return [
    ...stages.map(({ name = '', from }) => ({
      label: name,
      kind: CompletionItemKind.Reference,
      detail: say(text`stage in line ${from.startLine}`),
    })),
    ...imageNames().map((label) => ({ label, kind: CompletionItemKind.Module })),
  ]
}

let names: readonly string[] | undefined
function imageNames(): readonly string[] {
  names ??= [...new Set(repositories().map((name) => name.replace(/^docker\.io\/(library\/)?/, '')))].sort()
  return names
}
