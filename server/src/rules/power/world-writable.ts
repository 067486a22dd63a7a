import type { Fix, TextEdit } from '../../fixes/index.ts'
import { ownerOf } from '../../fixes/index.ts'
import {
  isCertainlyRoot,
  isUnprivileged,
  type ModeGrant,
  modeGrantsOf,
  nodeAt,
  stepsOf,
  stillGranted,
} from '../../image/index.ts'
import type { Runtime, Timeline } from '../../image/types.ts'
import { knownValue } from '../../known.ts'
import { type Message, text } from '../../l10n/index.ts'
import { defineRule, type RuleSettings } from '../types.ts'

const othersWrite = 0o002
const sticky = 0o1000

/** Everybody in the image may write there: chmod 777 and its kin. */
export const worldWritable = defineRule({
  id: 'world-writable',
  category: 'power',
  severity: 'warning',
  summary: 'Every account of the image may write there.',
  why: 'chmod 777 is the usual answer to “permission denied”. It lets every process of the container change programs, settings and data of the others, and hides who really has to write.',
  remedy:
    'Give the folder to the user that writes (chown, COPY --chown), and take the right from everybody else.',
  equivalents: { sonar: ['S2612'], tally: ['world-writable-state-path-workaround'] },
  references: ['CWE-732', 'container-facts/chmod-form-plusx'],
  check({ timeline, settings }, report) {
    const { target, runtime } = timeline
    if (!target || !runtime || target.base?.os === 'windows') return
    for (const step of stepsOf(target)) {
      const grants = modeGrantsOf(step).flatMap((grant) => {
        const paths = isForAll(grant) ? stillGranted(grant, target.final.files, othersWrite) : []
        return paths.length > 0 ? [{ grant, paths }] : []
      })
      const [first, ...others] = grants
      if (!first) continue
      const { grant, paths } = first
      const { identity } = runtime.state
      report({
        at: grant.range,
        message: messageFor(grant, paths, runtime),
        // Who is root writes everywhere anyway.
        severity: isCertainlyRoot(identity) && !runtime.dropsPrivileges ? 'information' : 'warning',
        certainty: grant.command?.reached ?? 'certain',
        related: others.map((one) => ({
          range: one.grant.range,
          message: text`${named(one.paths)} as well.`,
        })),
        fixes: () => repairs(timeline, runtime, grants, settings),
      })
    }
  },
})

/** Others may write, and no sticky bit keeps them from each other's files. */
function isForAll({ change }: ModeGrant): boolean {
  const folder = change(0o755, true)
  return (folder & othersWrite) !== 0 && (folder & sticky) === 0
}

function named([first = '', ...others]: readonly string[]): Message {
  return others.length === 0
    ? text`${first}`
    : others.length === 1
      ? text`${first} and ${others[0] ?? ''}`
      : text`${first} and ${others.length} others`
}

function messageFor(grant: ModeGrant, paths: readonly string[], { state }: Runtime): Message {
  const where = grant.recursive && grant.by === 'chmod' ? text`${named(paths)} and all below` : named(paths)
  const who = isUnprivileged(state.identity) ? ownerOf(state.identity) : undefined
  const rest = who ? text`Give it to ${who}, which runs here, instead.` : text`Leave writing to its owner.`
  return text`\`${grant.text}\` lets every account write to ${where}. ${rest}`
}

interface Granted {
  readonly grant: ModeGrant
  readonly paths: readonly string[]
}

function repairs(
  timeline: Timeline,
  runtime: Runtime,
  grants: readonly Granted[],
  settings: RuleSettings,
): readonly Fix[] {
  const chown = chownInstead(timeline, runtime, grants)
  const narrow = narrower(timeline, grants, settings)
  return [...(chown ? [chown] : []), ...(narrow ? [narrow] : [])]
}

/** `chmod -R 777 /app` → `chown -R app:app /app`, where the one who runs needs no more than that. */
function chownInstead(timeline: Timeline, runtime: Runtime, grants: readonly Granted[]): Fix | undefined {
  const { identity } = runtime.state
  const owner = isUnprivileged(identity) ? ownerOf(identity) : undefined
  const [only] = grants
  if (!owner || !only || grants.length > 1) return undefined
  const { grant, paths } = only
  const program = grant.command?.argv[0]
  if (grant.by !== 'chmod' || !program || !isCertainlyRoot(grant.command.identity)) return undefined
  if (paths.some(isTemporary)) return undefined
  // A program or script wants to be executed, not owned.
  if (paths.some((path) => nodeAt(runtime.state.files, path).kind === 'file' || /\.\w+$/.test(path)))
    return undefined
  const name = owner.split(':')[0] ?? ''
  const { accounts } = grant.step.before
  const uid = knownValue(identity.uid)
  const there = /^\d+$/.test(name) || accounts.users.some((user) => user.name === name)
  const spec = there ? owner : uid === undefined ? undefined : `${uid}:${knownValue(identity.gid) ?? uid}`
  if (spec === undefined || !isWritten(timeline, grant)) return undefined
  return {
    kind: 'edit',
    title: text`Give it to ${spec} instead: chown`,
    safety: 'suggestion',
    edits: [
      { range: program.range, text: 'chown' },
      { range: grant.range, text: spec },
    ],
  }
}

/** Folders that everybody shares, with the sticky bit. */
function isTemporary(path: string): boolean {
  return path === '/tmp' || path === '/var/tmp'
}

/** Symbolic modes and what is meant by them. */
const ownersOnly: Readonly<Record<string, string>> = {
  'a+w': 'u+w',
  'ugo+w': 'u+w',
  'o+w': 'u+w',
  'go+w': 'u+w',
  'a+rw': 'a+r,u+w',
  'ugo+rw': 'a+r,u+w',
  'a+rwx': 'a+rx,u+w',
  'ugo+rwx': 'a+rx,u+w',
  'a+rwX': 'a+rX,u+w',
  'a=rwx': 'u=rwx,go=rx',
  'ugo=rwx': 'u=rwx,go=rx',
  'a=rwX': 'u=rwX,go=rX',
}

function narrower(timeline: Timeline, grants: readonly Granted[], settings: RuleSettings): Fix | undefined {
  const keepsGroup = settings.profile === 'openshift'
  const edits: TextEdit[] = []
  const modes = new Set<string>()
  const allTemporary = grants.every(({ paths }) => paths.every(isTemporary))
  for (const { grant } of grants) {
    const text = allTemporary
      ? '1777'
      : /^[0-7]+$/.test(grant.text)
        ? narrowerNumber(grant.text, keepsGroup)
        : keepsGroup
          ? undefined
          : ownersOnly[grant.text]
    if (text === undefined || !isWritten(timeline, grant)) return undefined
    edits.push({ range: grant.range, text })
    modes.add(text)
  }
  if (allTemporary)
    return {
      kind: 'edit',
      title: text`With the sticky bit: 1777`,
      safety: 'suggestion',
      edits,
    }
  const list = [...modes].join(', ')
  return {
    kind: 'edit',
    title: keepsGroup
      ? text`Let only its owner and group write: ${list}`
      : text`Let only its owner write: ${list}`,
    safety: 'suggestion',
    edits,
  }
}

function narrowerNumber(text: string, keepsGroup: boolean): string {
  const mode = Number.parseInt(text, 8) & (keepsGroup ? ~0o002 : ~0o022)
  return mode.toString(8).padStart(text.length, '0')
}

/** The mode stands in the file as it is, not in a variable or behind quotes. */
function isWritten({ dockerfile }: Timeline, { range, text }: ModeGrant): boolean {
  return dockerfile.text.slice(range.start, range.end) === text
}
