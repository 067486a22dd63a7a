import { copyFlag, type Fix, inOrder, ownerOf, type TextEdit } from '../../fixes/index.ts'
import { actorOf, isCertainlyRoot, type ModeGrant, nodeAt } from '../../image/index.ts'
import type { Identity, Runtime, Timeline } from '../../image/types.ts'
import { knownValue } from '../../known.ts'
import { text } from '../../l10n/index.ts'
import type { RuleSettings } from '../types.ts'

/** What to write instead of 777: the folder for the one who writes there, or the right for its owner alone. */

export interface Granted {
  readonly grant: ModeGrant
  readonly paths: readonly string[]
}

export function repairs(
  timeline: Timeline,
  runtime: Runtime,
  grants: readonly Granted[],
  settings: RuleSettings,
): readonly Fix[] {
  // Each mode has to stand in the file as it is, not in a variable or behind quotes.
  const { dockerfile } = timeline
  if (grants.some(({ grant }) => dockerfile.text.slice(grant.range.start, grant.range.end) !== grant.text))
    return []
  const give = giveInstead(timeline, runtime, grants)
  const narrow = narrower(grants, settings)
  return [...(give ? [give] : []), ...(narrow ? [narrow] : [])]
}

/** Who runs in the container and does not own all of this yet. */
export function writerOf(runtime: Runtime, paths: readonly string[]): Identity | undefined {
  const identity = actorOf(runtime)?.identity
  const owns = (path: string) =>
    knownValue(nodeAt(runtime.state.files, path).owner) === (identity && knownValue(identity.uid))
  return paths.every(owns) ? undefined : identity
}

/** To the one who runs, where every grant is about folders that he may have. */
function giveInstead(timeline: Timeline, runtime: Runtime, grants: readonly Granted[]): Fix | undefined {
  const { files } = runtime.state
  const first = grants[0]?.grant
  const paths = grants.flatMap((one) => one.paths)
  const writer = writerOf(runtime, paths)
  const spec = first && writer ? ownerAt(first, writer) : undefined
  // A program or script wants to be executed, not owned.
  const isOwn = (path: string) =>
    !isTemporary(path) && nodeAt(files, path).kind !== 'file' && !/\.\w+$/.test(path)
  if (spec === undefined || !paths.every(isOwn)) return undefined
  const edits = grants.map(({ grant }) => given(timeline, grant, spec))
  if (edits.some((one) => one === undefined)) return undefined
  return {
    kind: 'edit',
    title: grants.every(({ grant }) => grant.by === 'chmod')
      ? text`Give it to ${spec} instead: chown`
      : text`Give it to ${spec}, and let only the owner write`,
    safety: 'suggestion',
    edits: edits.flatMap((one) => one ?? []),
  }
}

/** `app:app` where the account was made before this place, else numbers. */
function ownerAt({ step, range }: ModeGrant, identity: Identity): string | undefined {
  const owner = ownerOf(identity)
  const name = owner?.split(':')[0] ?? ''
  const { before, after } = step
  const there =
    before.accounts.users.some((user) => user.name === name) ||
    after.accounts.users.some(
      (user) => user.name === name && user.nameRange !== undefined && user.nameRange.start < range.start,
    )
  if (there || /^\d+$/.test(name)) return owner
  const uid = knownValue(identity.uid)
  return uid === undefined ? undefined : `${uid}:${knownValue(identity.gid) ?? uid}`
}

function given(
  { dockerfile }: Timeline,
  { by, command, range, text: mode, words, step }: ModeGrant,
  spec: string,
): readonly TextEdit[] | undefined {
  const { instruction } = step
  if (by === 'copy')
    return (instruction.keyword === 'COPY' || instruction.keyword === 'ADD') && !instruction.chown
      ? inOrder([copyFlag(instruction, 'chown', spec), ...closed(mode, range)])
      : undefined
  const program = command?.argv[0]
  if (!program || !isCertainlyRoot(command.identity)) return undefined
  switch (by) {
    // `chmod -R 777 /app` → `chown -R app:app /app`
    case 'chmod':
      return [
        { range: program.range, text: 'chown' },
        { range, text: spec },
      ]
    // `mkdir -m 777 /data` → `mkdir -m 755 /data && chown app:app /data`
    case 'mkdir': {
      const { end } = command.range
      const paths = words.map((word) => dockerfile.text.slice(word.range.start, word.range.end)).join(' ')
      return /[\r\n]/.test(paths)
        ? undefined
        : [...closed(mode, range), { range: { start: end, end }, text: ` && chown ${spec} ${paths}` }]
    }
    // `install -d -m 777 /data` → `install -o app -g app -d -m 755 /data`
    case 'install': {
      const [owner = '', group] = spec.split(':')
      const { end } = program.range
      const has = command.argv.some((word) => /^(-\w*[og]|--owner|--group)/.test(word.text ?? ''))
      const options = group === undefined ? ` -o ${owner}` : ` -o ${owner} -g ${group}`
      return has ? undefined : [{ range: { start: end, end }, text: options }, ...closed(mode, range)]
    }
    default:
      return undefined
  }
}

function closed(mode: string, range: TextEdit['range']): readonly TextEdit[] {
  const without = /^[0-7]+$/.test(mode) ? withoutOthers(mode, false) : ownersOnly[mode]
  return without === undefined ? [] : [{ range, text: without }]
}

/** Folders that everybody shares, with the sticky bit. */
export function isTemporary(path: string): boolean {
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
  'go+rw': 'go+r',
  'o+rw': 'o+r',
  'a+rwx': 'a+rx,u+w',
  'ugo+rwx': 'a+rx,u+w',
  'go+rwx': 'go+rx',
  'o+rwx': 'o+rx',
  'a+rwX': 'a+rX,u+w',
  'ugo+rwX': 'a+rX,u+w',
  'go+rwX': 'go+rX',
  'a=rwx': 'u=rwx,go=rx',
  'ugo=rwx': 'u=rwx,go=rx',
  'a=rwX': 'u=rwX,go=rX',
}

function narrower(grants: readonly Granted[], settings: RuleSettings): Fix | undefined {
  const keepsGroup = settings.profile === 'openshift'
  const edits: TextEdit[] = []
  const modes = new Set<string>()
  const allTemporary = grants.every(({ paths }) => paths.every(isTemporary))
  for (const { grant, paths } of grants) {
    const instead =
      grant.by === 'umask'
        ? closedMask(grant.text, keepsGroup)
        : paths.every(isTemporary)
          ? '1777'
          : narrowerMode(grant.text, keepsGroup)
    if (instead === undefined) return undefined
    edits.push({ range: grant.range, text: instead })
    modes.add(instead)
  }
  if (allTemporary)
    return { kind: 'edit', title: text`With the sticky bit: 1777`, safety: 'suggestion', edits }
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

function narrowerMode(mode: string, keepsGroup: boolean): string | undefined {
  if (/^[0-7]+$/.test(mode)) return withoutOthers(mode, keepsGroup)
  return keepsGroup ? undefined : ownersOnly[mode]
}

function withoutOthers(mode: string, keepsGroup: boolean): string {
  const bits = Number.parseInt(mode, 8) & (keepsGroup ? ~0o002 : ~0o022)
  return bits.toString(8).padStart(mode.length, '0')
}

/** `000` → `022` */
function closedMask(mask: string, keepsGroup: boolean): string {
  return (Number.parseInt(mask, 8) | (keepsGroup ? 0o002 : 0o022)).toString(8).padStart(mask.length, '0')
}
