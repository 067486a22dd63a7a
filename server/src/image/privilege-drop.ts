import { stepsDownFor } from '../base-images/index.ts'
import { type Certainty, isCertainly, knownValue, type Origin, weaker } from '../known.ts'
import type { CommandRun, ImageState, PrivilegeDrop, StageTimeline } from './types.ts'

/** Does the container hand over to another account when it starts, and who does it? */
export function privilegeDrop(
  stage: StageTimeline,
  state: ImageState,
  commands: readonly CommandRun[],
): PrivilegeDrop | undefined {
  if (knownValue(state.identity.uid) !== 0) return undefined
  return ownDrop(commands) ?? baseDrop(stage, state, commands)
}

const droppers: Readonly<Record<string, PrivilegeDrop['by']>> = {
  gosu: 'gosu',
  'su-exec': 'su-exec',
  setpriv: 'setpriv',
  su: 'su',
  sudo: 'sudo',
  runuser: 'runuser',
  's6-setuidgid': 's6',
  's6-applyuidgid': 's6',
  chpst: 'chpst',
  chroot: 'chroot',
  'start-stop-daemon': 'start-stop-daemon',
}

/** A command of the start that switches from root to somebody else, and takes the place of the script or ends it. */
function ownDrop(commands: readonly CommandRun[]): PrivilegeDrop | undefined {
  const last = commands.findLast(({ wrappers }) => !wrappers.some((name) => droppers[name]))
  for (const [index, command] of commands.entries()) {
    const { name = '', identity } = command
    const by = droppers[name]
    if (!by || !isCertainly(identity.uid, 0)) continue
    // `su app -c 'touch …'` in the middle leaves the script with root.
    if (command !== last && commands[index - 1]?.name !== 'exec') continue
    const inner = commands.slice(index + 1).find(({ wrappers }) => wrappers.includes(name))
    const to = inner && !isCertainly(inner.identity.uid, 0) ? nameOf(inner) : namedTarget(command)
    if (to === undefined || /^(root|0)(:(root|0))?$/.test(to)) continue
    const certainty: Certainty = command.reached
    return {
      by,
      to: to === '' ? { certainty: 'unknown', because: [] } : { certainty, value: to, because: [] },
      certainty,
      because: [{ kind: 'instruction', range: command.range }],
    }
  }
  return undefined
}

function nameOf({ identity }: CommandRun): string {
  const uid = knownValue(identity.uid)
  return knownValue(identity.user) ?? (uid === undefined ? '' : String(uid))
}

/** Options that name the account; without one the first operand does. */
const targetOptions: Readonly<Record<string, readonly string[]>> = {
  setpriv: ['--reuid'],
  chroot: ['--userspec'],
  'start-stop-daemon': ['--chuid', '-c'],
  chpst: ['-u'],
  sudo: ['-u', '--user'],
  runuser: ['-u', '--user'],
}
const operandToo: ReadonlySet<string> = new Set(['runuser'])

/** The account as the command names it; '' where it is a value that we do not know. */
function namedTarget({ name = '', argv }: CommandRun): string | undefined {
  const words = argv.slice(1)
  const options = targetOptions[name]
  for (const [index, { text }] of words.entries()) {
    const option = options?.find((one) => text === one || text?.startsWith(`${one}=`))
    if (option === undefined) continue
    const value = text === option ? words[index + 1]?.text : text?.slice(option.length + 1)
    return (value ?? '').replace(/^:/, '')
  }
  if (options && !operandToo.has(name)) return undefined
  const operand = words.find(({ text }) => text === undefined || !text.startsWith('-'))
  return operand && (operand.text ?? '')
}

/** The base's own entrypoint steps down, and this file leaves it in place, or calls it in the end. */
function baseDrop(
  stage: StageTimeline,
  state: ImageState,
  commands: readonly CommandRun[],
): PrivilegeDrop | undefined {
  const { base } = stage
  if (!base?.stepsDown) return undefined
  const replaced = setsEntrypoint(stage)
  if (replaced && !commands.some((command) => isEntrypointOf(base.entrypoint, command))) return undefined
  const ownCommand = state.cmd?.origin.kind !== 'instruction'
  // It steps down for its own server only; another command starts as root.
  const program = ownCommand ? undefined : state.cmd?.argv[0]
  const known = program === undefined ? undefined : stepsDownFor(base.reference, program)
  if (known === false) return undefined
  const because: Origin[] = [{ kind: 'base', reference: base.reference, resolvedBy: base.resolvedBy }]
  const certainty = weaker(base.certainty, (ownCommand || known) && !replaced ? 'certain' : 'likely')
  const { by, to } = base.stepsDown
  return {
    by,
    to: to === null ? { certainty: 'unknown', because } : { certainty, value: to, because },
    certainty,
    because,
  }
}

function setsEntrypoint(stage: StageTimeline): boolean {
  for (let at: StageTimeline | undefined = stage; at; at = at.parent)
    if (at.steps.some(({ instruction }) => instruction.keyword === 'ENTRYPOINT')) return true
  return false
}

/** docker-library's scripts are all called so. */
const customary = /^(docker-)?entrypoint(\.sh)?$/

function isEntrypointOf(entrypoint: readonly string[] | null, { name, wrappers }: CommandRun): boolean {
  if (name === undefined || wrappers.length > 0) return false
  return entrypoint ? entrypoint.some((word) => word.replace(/^.*\//, '') === name) : customary.test(name)
}
