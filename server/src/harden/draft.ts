import type { HardenStep } from '../analysis/index.ts'
import { creationEdit, keywordIn, linesAfter, linesBefore } from '../fixes/index.ts'
import type { TextEdit } from '../fixes/types.ts'
import { absolute, isWithin } from '../image/index.ts'
import type { Step } from '../image/types.ts'
import { knownValue } from '../known.ts'
import { distinct, type Message, text } from '../l10n/index.ts'
import { accountCommandsFor, runLine } from './account.ts'
import {
  changedInstructions,
  type Grant,
  grantCommands,
  grantsFor,
  hasShell,
  listed,
  notWritable,
  staysFromStart,
} from './grants.ts'
import { homeInstallSteps } from './home-installs.ts'
import { homeFor } from './home-step.ts'
import { type ChosenIdentity, chooseIdentity } from './identity.ts'
import { beforeUser } from './placement.ts'
import { portMove } from './port-step.ts'
import { processIdStep } from './process-id-step.ts'
import { rootHome } from './root-home-step.ts'
import { openedFiles } from './script-step.ts'
import type { StartNeeds } from './start-writes.ts'
import type { Subject } from './subject.ts'
import { sudoStep } from './sudo-step.ts'
import { supervisorOf } from './supervisor.ts'
import { userStep } from './user-step.ts'
import { unprivilegedNginx } from './variant.ts'
import { workloadOf } from './workload.ts'
import { type WrittenPath, writtenPaths } from './written-paths.ts'

/** A plan that was not checked yet. */
export interface Draft {
  readonly chosen: ChosenIdentity
  readonly steps: readonly HardenStep[]
  /** What it cannot do itself. */
  readonly remaining: readonly Message[]
  /** Why there can be no plan. */
  readonly refusal: Message | undefined
}

/** What a plan may leave away where the whole does not hold. */
export interface Leeway {
  readonly movesPorts: boolean
  readonly dropsSudo: boolean
}

/** @param found what the start turned out to need, beyond what the file tells of */
export function draftOf(subject: Subject, found: StartNeeds, leeway: Leeway): Draft {
  const chosen = chooseIdentity(subject)
  const variant = leeway.movesPorts ? unprivilegedNginx(subject) : undefined
  if (variant) return { chosen, steps: variant, remaining: [], refusal: undefined }
  const who = chosen.name ?? chosen.user
  const remaining: Message[] = []
  const inRoot = rootHome(subject, homeOf(subject, chosen))
  if (inRoot.kind === 'stuck') return { chosen, steps: [], remaining, refusal: inRoot.reason }
  const move = inRoot.kind === 'moved' ? inRoot.move : undefined
  const home = homeFor(subject, chosen)
  const opened = openedFiles(subject, chosen.identity, found.opens)
  const ports = leeway.movesPorts ? portMove(subject) : undefined
  const supervisor = supervisorOf(subject)
  const ofBase = [...(ports?.commands ?? []), ...(supervisor?.commands ?? [])]
  const lacking = notWritable(
    subject,
    chosen,
    unique([...writtenPaths(subject), ...found.writes, ...(home.path ? [home.path] : [])]),
  ).filter(({ path }) => !(move && isWithin(path, '/root')))
  const shell = hasShell(subject)
  const grants = shell ? grantsFor(subject, lacking) : []
  const commands = [...grantCommands(subject, chosen, grants), ...opened.commands, ...ofBase]
  const account = accountCommandsFor(subject, chosen, move?.isHome ? move.to : undefined)
  const steps: HardenStep[] = []
  const sudo = leeway.dropsSudo ? sudoStep(subject) : undefined
  if (sudo) steps.push(sudo)
  const grantReason =
    grants.length === 0 && ofBase.length > 0
      ? (ports?.step.reason ?? text`Only root may make a file in /run.`)
      : text`It is written at run time: ${reasons(grants.filter(({ by }) => by === 'command'))}.`
  const given = grants.filter(({ by }) => by === 'command').map(({ path }) => path)
  const named = chosen.owner.user === chosen.name
  const needsEarly = named && grants.some(({ by }) => by !== 'command')
  const early =
    commands.length === 0 ||
    (ofBase.length === 0 &&
      opened.commands.length === 0 &&
      given.every((path) => staysFromStart(subject, path)))
  if (account.length > 0) {
    const together = early ? commands : needsEarly ? [] : commands
    const place = early || needsEarly ? undefined : latePlace(subject, chosen, given)
    const lines = [...account, ...together]
    const made = `\`${chosen.name}\` (${chosen.uid}:${chosen.gid})`
    steps.push({
      title:
        together.length > 0 && given.length > 0
          ? text`Create the user ${made} and give it ${listed(given)}`
          : text`Create the user ${made}`,
      reason:
        together.length > 0 && given.length > 0
          ? grantReason
          : text`It owns nothing, so that it cannot change the code that it runs.`,
      safety: 'suggestion',
      edits: [place ? insertion(subject, place, chosen, runLine(subject, lines)) : creation(subject, lines)],
    })
    if (needsEarly && !early) steps.push(grantRun(subject, chosen, commands, given, grantReason))
  } else if (commands.length > 0) steps.push(grantRun(subject, chosen, commands, given, grantReason))
  steps.push(...changedInstructions(subject, chosen, grants))
  if (move) steps.push(move.step)
  steps.push(...homeInstallSteps(subject))
  const processId = processIdStep(subject)
  if (processId) steps.push(processId)
  steps.push(...opened.steps)
  if (ports && ports.step.edits.length + (ports.step.contextEdits?.length ?? 0) > 0) steps.push(ports.step)
  steps.push(...(supervisor?.steps ?? []))
  if (home.step) steps.push(home.step)
  const madeByWorkdir = shell
    ? []
    : lacking.filter(({ kind }) => kind === 'directory').map(({ path }) => path)
  const user = userStep(subject, chosen)
  if (madeByWorkdir.length > 0 && subject.builder === 'buildkit') {
    steps.push(withFolders(subject, user, madeByWorkdir))
  } else {
    steps.push(user)
    if (madeByWorkdir.length > 0)
      remaining.push(
        text`${listed(madeByWorkdir)} has to belong to ${who}, and this image has no shell to make it so: copy it from an earlier stage with --chown=${chosen.owner.user}:${chosen.owner.group}.`,
      )
  }
  return { chosen, steps, remaining, refusal: undefined }
}

/** Where the identity has, or gets, a home. */
function homeOf(subject: Subject, { from, name, identity }: ChosenIdentity): string | undefined {
  if (from === 'new') return `/home/${name}`
  const own = knownValue(identity.home)
  if (own?.startsWith('/home/')) return own
  return workloadOf(subject).home === undefined ? undefined : `/home/${name ?? 'app'}`
}

function unique(paths: readonly WrittenPath[]): readonly WrittenPath[] {
  return paths.filter(({ path }, index) => paths.findIndex((other) => other.path === path) === index)
}

function reasons(grants: readonly Grant[]): Message {
  const [first, ...others] = distinct(grants.map(({ why }) => why))
  return others.reduce((all, one) => text`${all}; ${one}`, first ?? text`the start needs it`)
}

function grantRun(
  subject: Subject,
  chosen: ChosenIdentity,
  commands: readonly string[],
  given: readonly string[],
  reason: Message,
): HardenStep {
  return {
    title:
      given.length > 0
        ? text`Give ${listed(given)} to \`${chosen.name ?? chosen.user}\``
        : text`Change what comes with the base`,
    reason,
    safety: 'suggestion',
    edits: [insertion(subject, latePlace(subject, chosen, given), chosen, runLine(subject, commands))],
  }
}

type Place = { readonly before: Step } | 'user'

/** Before the VOLUME that holds one of the paths where nothing after it changes them (the classic builder drops what comes later), else before USER. */
function latePlace(subject: Subject, chosen: ChosenIdentity, paths: readonly string[]): Place {
  const { stage, builder } = subject
  const volume = stage.steps.findIndex(
    ({ instruction, before, after }) =>
      instruction.keyword === 'VOLUME' &&
      after.volumes
        .slice(before.volumes.size)
        .some(({ path }) => paths.some((one) => isWithin(one, path.replace(/(.)\/+$/, '$1')))),
  )
  const at = stage.steps[volume]
  if (!at) return 'user'
  const changedLater = stage.steps
    .slice(volume + 1)
    .some(
      ({ instruction, before, after, commands }) =>
        ((instruction.keyword === 'COPY' || instruction.keyword === 'ADD') &&
          instruction.destination !== undefined &&
          paths.some((path) =>
            isWithin(path, absolute(instruction.destination?.raw ?? '/', knownValue(before.workdir) ?? '/')),
          )) ||
        (instruction.keyword === 'WORKDIR' && paths.includes(knownValue(after.workdir) ?? '')) ||
        commands.some(({ writes }) => writes.some((one) => paths.some((path) => isWithin(path, one)))),
    )
  const runsAsRoot = knownValue(at.before.identity.uid) === 0
  const beforeTheSwitch = at.instruction.range.start <= beforeUser(subject, chosen, []).range.start
  return runsAsRoot && beforeTheSwitch && (builder === 'classic' || !changedLater) ? { before: at } : 'user'
}

function insertion(subject: Subject, place: Place, chosen: ChosenIdentity, line: string): TextEdit {
  return place === 'user'
    ? beforeUser(subject, chosen, [line])
    : linesBefore(subject.dockerfile, place.before.instruction, [line])
}

function creation({ dockerfile, stage }: Subject, commands: readonly string[]): TextEdit {
  return creationEdit(dockerfile, stage, commands)
}

/** `WORKDIR /data` after USER makes the folder for whom USER names (container-facts/workdir-after-user-app), which needs no shell. */
function withFolders(subject: Subject, user: HardenStep, paths: readonly string[]): HardenStep {
  const { dockerfile, stage } = subject
  const keyword = keywordIn(dockerfile, 'WORKDIR')
  const back = knownValue(stage.final.workdir) ?? '/'
  const lines = [...paths, back].map((path) => `${keyword} ${path}`)
  const [edit] = user.edits
  if (!edit) return user
  const title = text`${user.title}, and make ${listed(paths)} for it`
  const reason = text`${user.reason} WORKDIR makes a folder that is not there for the current user; the image has no shell to make it otherwise.`
  const last = stage.steps.findLast(({ instruction }) => instruction.keyword === 'USER')?.instruction
  if (last?.keyword === 'USER' && edit.range.start === last.user?.range.start)
    return { ...user, title, reason, edits: [edit, linesAfter(dockerfile, last, lines)] }
  const eol = /\r?\n/.exec(edit.text)?.[0] ?? '\n'
  const added = edit.text.endsWith(eol)
    ? edit.text + lines.map((line) => line + eol).join('')
    : edit.text + lines.map((line) => eol + line).join('')
  return { ...user, title, reason, edits: [{ ...edit, text: added }] }
}
