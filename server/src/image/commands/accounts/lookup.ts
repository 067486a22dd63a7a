import type { Certainty, Known } from '../../../known.ts'
import { certain, knownValue, weaker } from '../../../known.ts'
import { type Argument, type Message, text } from '../../../l10n/index.ts'
import { certaintyOfAbsence, groupByGid, groupByName, readId, userByName, userByUid } from '../../accounts.ts'
import type { Account, Accounts, Group, ShellValue } from '../../types.ts'
import type { World } from '../model.ts'
import type { Verdict } from './verdict.ts'

/** How sure it is that an entry is there with its number. */
export const sureOf = (entry: Account | Group, id: Known<number>): Certainty =>
  id.certainty === 'unknown' ? 'possible' : weaker(entry.certainty, id.certainty)

/** `uid 1000 already belongs to …`: ends the command where it is certain. */
export function uidTaken(
  world: World,
  verdict: Verdict,
  uid: number,
  command: string,
  exitCode: number,
  at: ShellValue | undefined,
): boolean {
  const { accounts } = world.state
  const owner = userByUid(accounts, uid)
  if (!owner) return maybeTaken(accounts, verdict)
  return verdict.refuses({
    reason: 'uid-taken',
    exitCode,
    certainty: sureOf(owner, owner.uid),
    message: text`uid ${uid} already belongs to ${inBase(`\`${owner.name}\``, owner, world)}. \`${command}\` stops with exit code ${exitCode}; use a free id such as 10001, or run as ${owner.name}.`,
    at,
    name: owner.name,
  })
}

export function gidTaken(
  world: World,
  verdict: Verdict,
  gid: number,
  command: string,
  exitCode: number,
  at: ShellValue | undefined,
): boolean {
  const { accounts } = world.state
  const owner = groupByGid(accounts, gid)
  if (!owner) return maybeTaken(accounts, verdict)
  return verdict.refuses({
    reason: 'gid-taken',
    exitCode,
    certainty: sureOf(owner, owner.gid),
    message: text`gid ${gid} already belongs to the group ${inBase(`\`${owner.name}\``, owner, world)}. \`${command}\` stops with exit code ${exitCode}; use a free id such as 10001, or that group.`,
    at,
    name: owner.name,
  })
}

export function userNameTaken(
  world: World,
  verdict: Verdict,
  name: string,
  command: string,
  exitCode: number,
  at: ShellValue | undefined,
): boolean {
  const owner = userByName(world.state.accounts, name)
  if (!owner) return maybeTaken(world.state.accounts, verdict)
  const uid = knownValue(owner.uid)
  return verdict.refuses({
    reason: 'name-taken',
    exitCode,
    certainty: owner.certainty,
    message: text`${inBase(uid === undefined ? `\`${name}\`` : `\`${name}\` (uid ${uid})`, owner, world)} already exists. \`${command}\` stops with exit code ${exitCode}; use the account as it is, or another name.`,
    at,
    name,
  })
}

export function groupNameTaken(
  world: World,
  verdict: Verdict,
  name: string,
  command: string,
  exitCode: number,
  at: ShellValue | undefined,
  advice: Message,
): boolean {
  const owner = groupByName(world.state.accounts, name)
  if (!owner) return maybeTaken(world.state.accounts, verdict)
  const gid = knownValue(owner.gid)
  return verdict.refuses({
    reason: 'name-taken',
    exitCode,
    certainty: owner.certainty,
    message: text`The group ${inBase(gid === undefined ? `\`${name}\`` : `\`${name}\` (gid ${gid})`, owner, world)} already exists. \`${command}\` stops with exit code ${exitCode}; ${advice}.`,
    at,
    name,
  })
}

function maybeTaken(accounts: Accounts, verdict: Verdict): false {
  if (!accounts.complete) verdict.doubt()
  return false
}

/** `app` in debian:12, where it comes from there. */
const inBase = (name: string, entry: Account | Group, world: World): Argument =>
  entry.origin.kind === 'base' && world.base ? text`${name} in ${world.base.reference}` : name

/** The group that an option names: by name, by number where `numbers`; ends the command where it certainly is missing. */
export function findGroup(
  world: World,
  verdict: Verdict,
  word: ShellValue | undefined,
  written: string | undefined,
  command: string,
  exitCode: number,
  numbers = true,
): { readonly ends: boolean; readonly group: Group | undefined } {
  if (written === undefined) {
    verdict.doubt()
    return { ends: false, group: undefined }
  }
  const { accounts } = world.state
  const number = numbers ? readId(written) : undefined
  const group = number === undefined ? groupByName(accounts, written) : groupByGid(accounts, number)
  if (group) {
    if (group.certainty !== 'certain') verdict.doubt()
    return { ends: false, group }
  }
  const ends = verdict.refuses({
    reason: 'group-not-found',
    exitCode,
    certainty: certaintyOfAbsence(accounts),
    message: text`There is no group \`${written}\` in this image at this point. \`${command}\` stops with exit code ${exitCode}; create the group before.`,
    at: word,
    name: written,
  })
  return { ends, group: undefined }
}

/** The account that a command is about; ends the command where it certainly is missing. */
export function findUser(
  world: World,
  verdict: Verdict,
  word: ShellValue | undefined,
  command: string,
  exitCode: number,
): { readonly ends: boolean; readonly user: Account | undefined } {
  const name = word?.text
  if (name === undefined) {
    verdict.doubt()
    return { ends: false, user: undefined }
  }
  const { accounts } = world.state
  const user = userByName(accounts, name)
  if (user) {
    if (user.certainty !== 'certain') verdict.doubt()
    return { ends: false, user }
  }
  const ends = verdict.refuses({
    reason: 'user-not-found',
    exitCode,
    certainty: certaintyOfAbsence(accounts),
    message: text`There is no account \`${name}\` in this image at this point. \`${command}\` stops with exit code ${exitCode}; create it before.`,
    at: word,
    name,
  })
  return { ends, user: undefined }
}

/** A group's number; what was written where only a number was. */
export function gidOf(group: Group | undefined, text: string | undefined): Known<number> | undefined {
  if (group)
    return group.gid.certainty === 'unknown'
      ? group.gid
      : { ...group.gid, certainty: weaker(group.gid.certainty, group.certainty) }
  const number = text === undefined ? undefined : readId(text)
  return number === undefined ? undefined : certain(number)
}

/** `one,two` → its parts, each as a word with its place. */
export function listOf(word: ShellValue | undefined): readonly string[] | undefined {
  if (!word || word.text === undefined) return undefined
  return word.text === '' ? [] : word.text.split(',')
}
