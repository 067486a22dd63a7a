import { find, nodeAt } from '../image/index.ts'
import type { Failure, Runtime } from '../image/types.ts'
import { folderOf, type WrittenPath } from './written-paths.ts'

/** What the start turned out to write, from the permissions that it lacks. */

/** Files and folders that decide who is who, or belong to the system. */
const never =
  /^\/etc\/(?:passwd|group|shadow|gshadow|sudoers|sudoers\.d|hosts|resolv\.conf)\b|^\/(?:usr\/(?:s?bin|lib)|s?bin|lib|boot|root|proc|sys|dev)(?:\/|$)/
const shared =
  /^\/(?:|etc|usr|usr\/local|usr\/share|opt|srv|home|var|var\/(?:lib|log|cache|run|spool)|run|mnt|media)$/

/** Paths to give so that the failing commands of the start work; `undefined` for those that nothing but root can do. */
export function startWrites(
  runtime: Runtime | undefined,
  failures: readonly Failure[],
): readonly (WrittenPath | undefined)[] {
  if (!runtime) return []
  return failures.flatMap((failure): (WrittenPath | undefined)[] => {
    if (failure.reason !== 'permission-denied' || failure.path === undefined) return [undefined]
    if (failure.exitCode === 126) return []
    const command = runtime.commands.find((one) => one.failure === failure)
    const name = command?.name
    const wanted =
      command?.writes.find((path) => path === failure.path || folderOf(path) === failure.path) ?? failure.path
    if (never.test(wanted) || name === 'chown' || name === 'chgrp') return [undefined]
    const why = `the start runs ${name ?? 'a command'} there`
    const node = nodeAt(runtime.state.files, wanted)
    if (name === 'mkdir' || node.kind === 'directory')
      return shared.test(wanted) ? [undefined] : [directory(wanted, why)]
    const folder = folderOf(wanted)
    // sed -i and mv make a new file beside the old one.
    const beside = name === 'sed' || name === 'mv' || name === 'rm' || name === 'ln'
    const found = find(runtime.state.files, wanted)
    if (found.node.kind === 'file' && !beside) return [file(wanted, why)]
    if (shared.test(folder)) return beside ? [undefined] : [file(wanted, why)]
    return [directory(folder, why), ...(found.node.kind === 'file' ? [file(wanted, why)] : [])]
  })
}

function directory(path: string, why: string): WrittenPath {
  return { path, kind: 'directory', why, temporary: false, from: 'source' }
}
function file(path: string, why: string): WrittenPath {
  return { path, kind: 'file', why, temporary: false, from: 'source' }
}
