import { nodeAt } from '../image/index.ts'
import type { Failure, Runtime } from '../image/types.ts'
import { type Message, text } from '../l10n/index.ts'
import { folderOf, type WrittenPath } from './written-paths.ts'

/** What the start turned out to write, from the permissions that it lacks. */

/** Files and folders that decide who is who, or belong to the system. */
const never =
  /^\/etc\/(?:passwd|group|shadow|gshadow|sudoers|sudoers\.d|hosts|resolv\.conf)\b|^\/(?:usr\/(?:s?bin|lib)|s?bin|lib|boot|root|proc|sys|dev)(?:\/|$)/
const shared =
  /^\/(?:|etc|usr|usr\/local|usr\/share|opt|srv|home|var|var\/(?:lib|log|cache|run|spool)|run|mnt|media)$/

/** What the start needs beyond what its identity may do. */
export interface StartNeeds {
  readonly writes: readonly WrittenPath[]
  /** Programs that everybody has to be let execute. */
  readonly opens: readonly string[]
}

export const noNeeds: StartNeeds = { writes: [], opens: [] }

/** Adds what failing commands of the start lack; what nothing but root can do adds nothing. */
export function moreNeeds(
  known: StartNeeds,
  runtime: Runtime | undefined,
  failures: readonly Failure[],
): StartNeeds {
  const writes = [...known.writes]
  const opens = [...known.opens]
  for (const failure of failures) {
    if (!runtime || failure.reason !== 'permission-denied' || failure.path === undefined) continue
    if (failure.exitCode === 126) {
      if (!opens.includes(failure.path)) opens.push(failure.path)
      continue
    }
    for (const path of writesOf(runtime, failure))
      if (!writes.some((one) => one.path === path.path)) writes.push(path)
  }
  return writes.length === known.writes.length && opens.length === known.opens.length
    ? known
    : { writes, opens }
}

function writesOf(runtime: Runtime, failure: Failure): readonly WrittenPath[] {
  const failed = failure.path ?? '/'
  const command = runtime.commands.findLast((one) => one.failure === failure)
  const name = command?.name
  const wanted = command?.writes.find((path) => path === failed || folderOf(path) === failed) ?? failed
  if (never.test(wanted) || name === 'chown' || name === 'chgrp') return []
  const why = text`the start runs ${name ?? text`a command`} there`
  const node = nodeAt(runtime.state.files, wanted)
  if (name === 'mkdir' || node.kind === 'directory')
    return shared.test(wanted) ? [] : [directory(wanted, why)]
  const folder = folderOf(wanted)
  // sed -i and mv make a new file beside the old one.
  const beside = name === 'sed' || name === 'mv' || name === 'rm' || name === 'ln'
  if (node.kind === 'file' && !beside) return [file(wanted, why)]
  if (shared.test(folder)) return beside ? [] : [file(wanted, why)]
  return [directory(folder, why), ...(node.kind === 'file' ? [file(wanted, why)] : [])]
}

function directory(path: string, why: Message): WrittenPath {
  return { path, kind: 'directory', why, temporary: false, from: 'source' }
}
function file(path: string, why: Message): WrittenPath {
  return { path, kind: 'file', why, temporary: false, from: 'source' }
}
