import { type Fix, ownerOf } from '../../fixes/index.ts'
import {
  actorOf,
  find,
  instructionOf,
  isCertainlyRoot,
  type ModeGrant,
  modeGrantsOf,
  nameOf,
  pathsBelow,
  stepsOf,
} from '../../image/index.ts'
import type { FileNode, Step, Timeline } from '../../image/types.ts'
import { knownValue } from '../../known.ts'
import { text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'
import { isPrivateName, isSecretOfSystem } from './private-names.ts'

const othersRead = 0o004
const othersWrite = 0o002
const othersEnter = 0o001

/** A step opens a key or credential to everybody, or writes one that everybody may read. */
export const sensitiveMode = defineRule({
  id: 'sensitive-mode',
  category: 'power',
  severity: 'warning',
  summary: 'A step leaves a private key or credential readable to every account.',
  why: 'chmod 644 on a key ends a “permission denied” by letting everybody read it. Programs such as ssh refuse a key like that altogether.',
  remedy:
    'Give the file to the account that reads it, with mode 0400 or 0600. Better, mount it at run time: whoever has the image has the file.',
  references: ['CWE-732', 'CWE-312'],
  check({ timeline }, report) {
    const { target, runtime, dockerfile } = timeline
    if (!target || !runtime || target.base?.os === 'windows') return
    const { files } = target.final
    const told = new Set<number>()
    const steps = new Map(stepsOf(target).map((step) => [step.instruction, step]))
    const grantsOf = new Map<Step, readonly ModeGrant[]>()
    for (const { path, node } of pathsBelow(files, '/')) {
      if (!isSecret(path) || !isOpen(files, path)) continue
      const origin = node.mode.because.at(-1)
      if (origin?.kind !== 'instruction') continue
      const instruction = instructionOf(dockerfile, origin.range.start)
      const step = instruction && steps.get(instruction)
      if (step?.instruction.keyword !== 'RUN') continue
      const grants = grantsOf.get(step) ?? modeGrantsOf(step)
      grantsOf.set(step, grants)
      const grant = grants.findLast(({ paths }) => paths.includes(path))
      // `cp .env.example .env` makes settings, not secrets.
      if (copiedOpen(timeline, step, path) || (!grant && nameOf(path) === '.env')) continue
      const at = grant?.range ?? origin.range
      if (told.has(at.start)) continue
      told.add(at.start)
      report({
        at,
        message: text`Every account of the image may read ${path}. Give it to the account that needs it and close it to the others, or mount it at run time.`,
        // Root reads everything anyway.
        severity:
          isCertainlyRoot(runtime.state.identity) && !runtime.dropsPrivileges ? 'information' : 'warning',
        certainty: node.kind === 'unknown' ? 'likely' : node.exists,
        fixes: () => (grant ? closed(timeline, grant, path) : []),
      })
    }
  },
})

const isSecret = (path: string) => isPrivateName(nameOf(path)) || isSecretOfSystem(path)

/** A file that everybody may reach and read. Where they may write it too, world-writable tells. */
function isOpen(files: FileNode, path: string): boolean {
  const { node, ancestors } = find(files, path)
  const mode = node.mode.certainty === 'possible' ? undefined : knownValue(node.mode)
  return (
    (node.kind === 'file' || node.kind === 'unknown') &&
    mode !== undefined &&
    (mode & othersRead) !== 0 &&
    (mode & othersWrite) === 0 &&
    ancestors.every((one) => ((knownValue(one.node.mode) ?? othersEnter) & othersEnter) !== 0)
  )
}

/** A COPY of this very file brought it so: private-file-readable tells. */
function copiedOpen({ dockerfile }: Timeline, { before }: Step, path: string): boolean {
  const origin = find(before.files, path).node.because.at(-1)
  const by = origin?.kind === 'instruction' ? instructionOf(dockerfile, origin.range.start) : undefined
  return (
    by?.keyword === 'COPY' &&
    (by.chmod === undefined || isOpen(before.files, path)) &&
    by.sources.some(({ raw }) => nameOf(raw) === nameOf(path))
  )
}

/** `chmod 644 key` → `chmod 600 key`, given to the one who reads it. */
function closed(timeline: Timeline, grant: ModeGrant, path: string): readonly Fix[] {
  const { command } = grant
  const { runtime, dockerfile, target } = timeline
  const [operand, ...others] = grant.words
  if (grant.by !== 'chmod' || !command || !operand || !runtime || !target || others.length > 0) return []
  if (dockerfile.text.slice(grant.range.start, grant.range.end) !== grant.text) return []
  const narrow = /^[0-7]+$/.test(grant.text) ? narrower(grant.text) : '600'
  const actor = actorOf(runtime)
  const { owner } = find(target.final.files, path).node
  const reader =
    actor && knownValue(owner) !== knownValue(actor.identity.uid) ? ownerOf(actor.identity) : undefined
  // Only what the system itself reads stays root's.
  const chown =
    reader !== undefined && !isSecretOfSystem(path)
      ? `chown ${reader} ${dockerfile.text.slice(operand.range.start, operand.range.end)} && `
      : ''
  if (chown !== '' && !isCertainlyRoot(command.identity)) return []
  const at = command.range.start
  return [
    {
      kind: 'edit',
      title:
        chown === ''
          ? text`Only its owner reads it: ${narrow}`
          : text`Give it to ${reader ?? ''}, who alone reads it: ${narrow}`,
      safety: 'suggestion',
      edits: [
        ...(chown === '' ? [] : [{ range: { start: at, end: at }, text: chown }]),
        { range: grant.range, text: narrow },
      ],
    },
  ]
}

function narrower(mode: string): string {
  return (Number.parseInt(mode, 8) & 0o700).toString(8).padStart(mode.length, '0')
}
