import type { Dockerfile, Instruction } from '../dockerfile/types.ts'
import { accountsOfBase, freeIdIn, freeNameIn } from '../image/index.ts'
import type { Account, StageTimeline, Timeline } from '../image/types.ts'
import { knownValue } from '../known.ts'
import { text } from '../l10n/index.ts'
import { accountCommands, accountToolOf, nologinOf } from './new-account.ts'
import { keywordIn, lineBreakOf, linesAfter, linesBefore } from './style.ts'
import type { Fix, TextEdit } from './types.ts'

/** Repairs that make another user the one the image runs as. */

/** Instructions behind which USER has to stand: they do things as the user that is set. */
const acting = new Set(['RUN', 'COPY', 'ADD', 'WORKDIR'])
const starting = new Set(['CMD', 'ENTRYPOINT', 'HEALTHCHECK'])

/** Where `USER x` is set at the end of a stage: an existing last USER is changed, else a line comes in before CMD and ENTRYPOINT. */
export function userEdit(dockerfile: Dockerfile, stage: StageTimeline, user: string): TextEdit {
  const { steps } = stage
  const lastActing = steps.findLastIndex(({ instruction }) => acting.has(instruction.keyword))
  const lastUser = steps.findLastIndex(({ instruction }) => instruction.keyword === 'USER')
  const last = steps[lastUser]?.instruction
  // A USER that nothing acts behind is the one to change.
  if (last?.keyword === 'USER' && last.user && lastUser > lastActing)
    return { range: last.user.range, text: user }
  const line = `${keywordIn(dockerfile, 'USER')} ${user}`
  const before = steps
    .slice(lastActing + 1)
    .find(({ instruction }) => starting.has(instruction.keyword))?.instruction
  if (before) return linesBefore(dockerfile, before, [line])
  const after = steps.at(-1)?.instruction ?? stage.stage.from
  return linesAfter(dockerfile, after, [line])
}

/** An account that the image has. */
export function useAccount(timeline: Timeline, stage: StageTimeline, name: string, spec = name): Fix {
  return {
    kind: 'edit',
    title: text`Run as \`${name}\`, which the image already has`,
    safety: 'suggestion',
    edits: [userEdit(timeline.dockerfile, stage, spec)],
  }
}

/** Accounts to switch to, best first: those made in this file, then those the base ships for it. */
export function candidates(
  stage: StageTimeline,
  made: readonly Account[],
): readonly {
  readonly name: string
  readonly spec: string
  readonly uid: number | undefined
  readonly gid: number | undefined
}[] {
  const fromFile = made.map(({ name, uid, gid }) => ({
    name,
    spec: name,
    uid: knownValue(uid),
    gid: knownValue(gid),
  }))
  const present = new Set(stage.final.accounts.users.map(({ name }) => name))
  const fromBase = accountsOfBase(stage)
    .filter(({ name }) => present.has(name))
    .map(({ name, uid, gid }) => ({
      name,
      spec: stage.base?.env.get('APP_UID') === String(uid) ? '$APP_UID' : name,
      uid,
      gid: gid ?? undefined,
    }))
  return [...fromFile, ...fromBase.filter(({ name }) => !fromFile.some((one) => one.name === name))]
}

export interface NewAccount {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/** The account that a fix would make here: wanted name and ids, or the next free ones. */
export function plannedAccount(stage: StageTimeline, wanted: NewAccount): NewAccount {
  const { accounts } = stage.final
  const uid = freeIdIn(accounts, wanted.uid)
  return {
    name: freeNameIn(accounts, wanted.name),
    uid,
    gid: uid === wanted.uid && wanted.gid !== wanted.uid ? freeIdIn(accounts, wanted.gid) : uid,
  }
}

/** A home that is there: the working directory, else nowhere. */
function homeFor(stage: StageTimeline): string {
  const workdir = knownValue(stage.final.workdir)
  return workdir === undefined || workdir === '/' || /\s/.test(workdir) ? '/nonexistent' : workdir
}

/** Makes an account early in the stage and switches to it at its end; undefined where this image has no way to make one. */
export function createUser(timeline: Timeline, stage: StageTimeline, wanted: NewAccount): Fix | undefined {
  const tool = accountToolOf(stage)
  if (tool === 'none' || knownValue(stage.initial.identity.uid) !== 0) return undefined
  const { dockerfile } = timeline
  const account = plannedAccount(stage, wanted)
  const commands = accountCommands(tool, { ...account, home: homeFor(stage), shell: nologinOf(stage) })
  const edits = [creationEdit(dockerfile, stage, commands), userEdit(dockerfile, stage, account.name)]
  return {
    kind: 'edit',
    title: text`Create the user \`${account.name}\` (${account.uid}:${account.gid}) and run as it`,
    safety: 'suggestion',
    edits,
  }
}

/** `RUN groupadd … && useradd …` directly after FROM, or after the ARG, ENV, SHELL and LABEL lines that follow it. */
export function creationEdit(
  dockerfile: Dockerfile,
  stage: StageTimeline,
  commands: readonly string[],
): TextEdit {
  let after: Instruction = stage.stage.from
  for (const { instruction } of stage.steps) {
    if (
      instruction.keyword !== 'SHELL' &&
      instruction.keyword !== 'ARG' &&
      instruction.keyword !== 'LABEL' &&
      instruction.keyword !== 'MAINTAINER'
    )
      break
    after = instruction
  }
  const indent = continuationIndent(dockerfile)
  const glue = ` ${dockerfile.escape}${lineBreakOf(dockerfile)}${indent}&& `
  return linesAfter(dockerfile, after, [`${keywordIn(dockerfile, 'RUN')} ${commands.join(glue)}`])
}

/** How this file indents continued lines; four spaces where it has none. */
export function continuationIndent(dockerfile: Dockerfile): string {
  const found = new RegExp(`${dockerfile.escape === '\\' ? '\\\\' : '`'}[ \\t]*\\r?\\n([ \\t]+)\\S`).exec(
    dockerfile.text,
  )
  return found?.[1] ?? '    '
}

/** `USER 10001:10001`, which needs no account. */
export function numericUser(timeline: Timeline, stage: StageTimeline, wanted: NewAccount): Fix {
  const account = plannedAccount(stage, wanted)
  const spec = `${account.uid}:${account.gid}`
  return {
    kind: 'edit',
    title: text`Run as ${spec}, without an account`,
    safety: 'suggestion',
    edits: [userEdit(timeline.dockerfile, stage, spec)],
  }
}

/** Another base that runs as non-root by itself; the FROM that decides is the oldest of the lineage. */
export function moveToVariant(stage: StageTimeline, reference: string): Fix | undefined {
  const { image } = stage.stage.from
  if (!image) return undefined
  return {
    kind: 'edit',
    title: text`Move to ${reference}, which runs as non-root`,
    safety: 'unsafe',
    edits: [{ range: image.range, text: reference }],
  }
}
