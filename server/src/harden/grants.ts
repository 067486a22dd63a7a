import type { HardenStep } from '../analysis/index.ts'
import type { RunInstruction } from '../dockerfile/index.ts'
import { accountToolOf } from '../fixes/index.ts'
import type { TextEdit } from '../fixes/types.ts'
import { absolute, allowed, find, isWithin, mayChangeEntries, nodeAt } from '../image/index.ts'
import type { FileNode, Identity, Step } from '../image/types.ts'
import { certain, type Known, knownValue } from '../known.ts'
import { type Message, text } from '../l10n/index.ts'
import type { ChosenIdentity } from './identity.ts'
import { dataWasMade } from './ran-in-build.ts'
import type { Subject } from './subject.ts'
import { folderOf, type WrittenPath } from './written-paths.ts'

/** Those of the paths that the identity cannot write as the image is, as far as can be told. */
export function notWritable(
  { stage, profile }: Subject,
  { identity: chosen }: ChosenIdentity,
  paths: readonly WrittenPath[],
): readonly WrittenPath[] {
  const { files } = stage.final
  // OpenShift starts the image as a number of its own, in group 0.
  const identity: Identity =
    profile === 'openshift'
      ? { ...chosen, uid: certain(1_000_700_000), gid: certain(0), groups: certain([0]) }
      : chosen
  return paths.filter(({ path, kind }) => {
    const answer: Known<boolean> =
      kind === 'directory' ? mayChangeEntries(files, path, identity) : allowed(files, path, identity, 'write')
    return knownValue(answer) !== true || answer.certainty === 'possible'
  })
}

/** How a path is given to an identity. */
export interface Grant {
  readonly path: string
  readonly by: 'copy' | 'mkdir' | 'command'
  /** The instruction that is changed. */
  readonly step?: Step
  readonly why: Message
  /** With all that is in it. */
  readonly tree: boolean
  readonly kind: 'directory' | 'file'
}

/** The narrowest way to give each path. */
export function grantsFor(subject: Subject, paths: readonly WrittenPath[]): readonly Grant[] {
  const { stage } = subject
  const { files } = stage.final
  const grants = paths.map((written): Grant => {
    const { path, kind, why } = written
    const node = find(files, path).node
    const tree = kind === 'directory' && isFilled(subject, path, node, written)
    // What the group may do is the file's own in a copy: for OpenShift it is changed after it.
    const copy =
      subject.profile === 'openshift' ? undefined : stage.steps.findLast((step) => copiesExactly(step, path))
    if (copy && (tree || kind === 'file')) return { path, by: 'copy', step: copy, why, tree, kind }
    const maker =
      kind === 'directory' && !tree ? stage.steps.find((step) => makesOnly(step, path, paths)) : undefined
    if (maker) return { path, by: 'mkdir', step: maker, why, tree, kind }
    return { path, by: 'command', why, tree, kind }
  })
  // A tree that is given brings what lies in it.
  return grants.filter(
    (grant) =>
      !grants.some(
        (other) =>
          other !== grant && other.tree && other.path !== grant.path && isWithin(grant.path, other.path),
      ),
  )
}

/** Something is in the folder that has to be writable too: files of the application's own that it changes. */
function isFilled(subject: Subject, path: string, node: FileNode, written: WrittenPath): boolean {
  const { from, tree, filled } = written
  if (filled) return true
  const workdir = knownValue(subject.stage.final.workdir)
  if (from !== 'family' && node.kind === 'directory' && path !== workdir && dataWasMade(subject))
    return workdir === undefined || !isWithin(workdir, path)
  // A folder that holds the code is given alone, never what is in it.
  if (path === workdir || from === 'source' || from === 'option') return false
  if (from === 'family' && !tree) return false
  if (node.kind !== 'directory') return false
  const children = [...node.children].filter(
    ([, child]) => child.kind !== 'missing' && child.kind !== 'link' && child.exists !== 'possible',
  )
  const rootOwned = children.filter(
    ([name, child]) => !/^\.(?:git)?(?:keep|ignore)$/.test(name) && knownValue(child.owner) === 0,
  )
  return rootOwned.length > 0
}

/** `COPY uploads /app/uploads`: the folder is what the instruction makes. */
function copiesExactly({ instruction, before }: Step, path: string): boolean {
  if (instruction.keyword !== 'COPY' && instruction.keyword !== 'ADD') return false
  if (!instruction.destination || instruction.chown || /\$/.test(instruction.destination.raw)) return false
  const destination = absolute(instruction.destination.raw, knownValue(before.workdir) ?? '/')
  return destination === path && instruction.sources.length + instruction.heredocs.length === 1
}

/** `RUN mkdir -p /data /logs` and nothing else, all of it to be given. */
function makesOnly(
  { instruction, commands, after }: Step,
  path: string,
  paths: readonly WrittenPath[],
): boolean {
  if (instruction.keyword !== 'RUN' || !isBareMkdir(instruction)) return false
  const made = commands.flatMap(({ writes }) => writes)
  return (
    made.includes(path) &&
    made.every((one) => paths.some((written) => written.path === one)) &&
    knownValue(after.identity.uid) === 0
  )
}

/** `mkdir -p /a /b`, with nothing that a shell would expand or chain. */
function areFolders([program, ...words]: readonly string[]): boolean {
  const paths = words[0] === '-p' ? words.slice(1) : words
  return program === 'mkdir' && paths.length > 0 && paths.every((word) => /^[\w./@][\w./@-]*$/.test(word))
}

function isBareMkdir(instruction: RunInstruction): boolean {
  return (
    instruction.command.form === 'shell' &&
    instruction.flags.length === 0 &&
    instruction.heredocs.length === 0 &&
    areFolders(instruction.command.script.text.trim().split(/\s+/))
  )
}

/** Edits of instructions that are there: `--chown` in a COPY, `install -d` for a mkdir. */
export function changedInstructions(
  { dockerfile, profile }: Subject,
  chosen: ChosenIdentity,
  grants: readonly Grant[],
): readonly HardenStep[] {
  const done = new Set<Step>()
  return grants.flatMap(({ by, step, why }): HardenStep[] => {
    if (!step || done.has(step)) return []
    done.add(step)
    const { user, group } = chosen.owner
    const { instruction } = step
    const same = grants.filter((grant) => grant.step === step).map((grant) => grant.path)
    const edit: TextEdit =
      by === 'copy'
        ? {
            range: { start: instruction.keywordRange.end, end: instruction.keywordRange.end },
            text: ` --chown=${ownerIn(instruction, chosen)}`,
          }
        : mkdirEdit(dockerfile.text, instruction, `install -d${forGroup(profile)} -o ${user} -g ${group} `)
    return [
      {
        title: text`Give ${listed(same)} to \`${chosen.name ?? chosen.user}\``,
        reason: text`It is written at run time: ${why}.`,
        safety: 'suggestion',
        edits: [edit],
      },
    ]
  })
}

/** `COPY --link` cannot look names up (container-facts/link-chown-name-app): there it is numbers. */
function ownerIn(instruction: Step['instruction'], { owner, uid, gid }: ChosenIdentity): string {
  const linked = instruction.keyword === 'COPY' && instruction.link
  return linked && uid !== undefined && gid !== undefined ? `${uid}:${gid}` : `${owner.user}:${owner.group}`
}

/** A random uid of OpenShift is in group 0 and nothing else. */
const forGroup = (profile: Subject['profile']) => (profile === 'openshift' ? ' -m 0775' : '')

function mkdirEdit(text: string, instruction: Step['instruction'], replacement: string): TextEdit {
  const start = text.indexOf('mkdir', instruction.keywordRange.end)
  const found = /^mkdir[ \t]+(?:-p[ \t]+)?/.exec(text.slice(start, instruction.range.end))?.[0] ?? 'mkdir '
  return { range: { start, end: start + found.length }, text: replacement }
}

/** Commands that give paths: `install -d` for folders, chown for what is there. */
export function grantCommands(
  { stage, profile }: Subject,
  chosen: ChosenIdentity,
  grants: readonly Grant[],
): readonly string[] {
  const { user, group } = chosen.owner
  const { files } = stage.final
  const own = grants.filter(({ by }) => by === 'command')
  const plain = own.filter(({ kind, tree }) => kind === 'directory' && !tree).map(({ path }) => quoted(path))
  const trees = own.filter(({ tree }) => tree).map(({ path }) => quoted(path))
  const filesOnly = own.filter(({ kind }) => kind === 'file')
  const missing = filesOnly
    .filter(({ path }) => {
      const { kind, exists } = nodeAt(files, path)
      return kind !== 'file' || exists === 'possible'
    })
    .map(({ path }) => quoted(path))
  const commands: string[] = []
  const shared = profile === 'openshift'
  if (plain.length > 0)
    commands.push(`install -d${forGroup(profile)} -o ${user} -g ${group} ${plain.join(' ')}`)
  if (missing.length > 0) commands.push(`touch ${missing.join(' ')}`)
  if (filesOnly.length > 0)
    commands.push(`chown ${user}:${group} ${filesOnly.map(({ path }) => quoted(path)).join(' ')}`)
  if (trees.length > 0) commands.push(`chown -R ${user}:${group} ${trees.join(' ')}`)
  const groupWritable = [...filesOnly.map(({ path }) => quoted(path)), ...trees]
  if (shared && groupWritable.length > 0)
    commands.push(`chmod ${trees.length > 0 ? '-R ' : ''}g=u ${groupWritable.join(' ')}`)
  return commands
}

const quoted = (path: string) => (/^[\w./@+:,-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`)

/** `/a`, `/a and /b`, `/a, /b and 3 more`. */
export function listed(paths: readonly string[]): Message {
  const [first = '', second = '', third = ''] = paths
  if (paths.length <= 1) return text`${first}`
  if (paths.length === 2) return text`${first} and ${second}`
  return paths.length === 3
    ? text`${first}, ${second} and ${third}`
    : text`${first}, ${second} and ${paths.length - 2} more`
}

/** Nothing touches the path after the stage's first lines: it can be made together with the account. */
export function staysFromStart({ stage }: Subject, path: string): boolean {
  const initial = nodeAt(stage.initial.files, path)
  const packageTouched = /^\/(?:var|run|etc|usr|opt\/[^/]+\/)\b/.test(path) && initial.kind !== 'directory'
  if (packageTouched) return false
  return stage.steps.every(({ instruction, before, commands, after }) => {
    if (instruction.keyword === 'COPY' || instruction.keyword === 'ADD') {
      const { destination } = instruction
      if (!destination || /\$/.test(destination.raw)) return false
      return !isWithin(path, absolute(destination.raw, knownValue(before.workdir) ?? '/'))
    }
    if (instruction.keyword === 'WORKDIR') {
      const workdir = knownValue(after.workdir)
      return workdir !== undefined && workdir !== path
    }
    return !commands.some(({ writes }) => writes.some((one) => isWithin(path, one) || one === folderOf(path)))
  })
}

/** True where a RUN can work in this image: it has a shell. */
export function hasShell({ base, stage }: Subject): boolean {
  return base?.tools.shell !== false || accountToolOf(stage) !== 'none'
}
