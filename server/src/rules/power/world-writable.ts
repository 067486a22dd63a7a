import { ownerOf } from '../../fixes/index.ts'
import { isCertainlyRoot, type ModeGrant, modeGrantsOf, stepsOf, stillGranted } from '../../image/index.ts'
import type { Runtime } from '../../image/types.ts'
import { type Message, text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'
import { isTemporary, repairs, writerOf } from './world-writable-repairs.ts'

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

function messageFor(grant: ModeGrant, paths: readonly string[], runtime: Runtime): Message {
  const where = grant.recursive && grant.by === 'chmod' ? text`${named(paths)} and all below` : named(paths)
  const what = grant.by === 'umask' ? `umask ${grant.text}` : grant.text
  return text`\`${what}\` lets every account write to ${where}. ${whatToDo(paths, runtime)}`
}

function whatToDo(paths: readonly string[], runtime: Runtime): Message {
  if (paths.every(isTemporary))
    return text`Set the sticky bit, so that nobody removes what is another’s: 1777.`
  const writer = writerOf(runtime, paths)
  return writer
    ? text`Give it to ${ownerOf(writer) ?? ''}, which runs here, instead.`
    : text`Leave writing to its owner.`
}
