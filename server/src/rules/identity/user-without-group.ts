import { lastUserOf, userByUid } from '../../image/index.ts'
import { isCertainly, knownValue } from '../../known.ts'
import { text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'

/** USER 1500 without an account of that number: the process is in group 0, root's. */
export const userWithoutGroup = defineRule({
  id: 'user-without-group',
  category: 'identity',
  severity: 'information',
  summary: 'A numeric USER without an account and without a group runs in group root.',
  why: 'Where no account has the number, the engine takes gid 0: the process may read and write whatever belongs to root’s group.',
  remedy: 'Write USER uid:gid.',
  references: ['container-facts/user-uid-unknown-debian'],
  // OpenShift runs everything in group 0, and images for it are made so.
  profiles: ['docker', 'kubernetes'],
  check({ timeline }, report) {
    const { target, runtime } = timeline
    if (!target || !runtime || target.base?.os === 'windows') return
    const { identity, accounts } = runtime.state
    const user = lastUserOf(target)
    const instruction = user?.stage === target ? user.step.instruction : undefined
    if (instruction?.keyword !== 'USER' || !instruction.user) return
    const uid = knownValue(identity.uid)
    if (!/^\d+$/.test(identity.spec) || uid === undefined || uid === 0) return
    if (!isCertainly(identity.gid, 0) || userByUid(accounts, uid) || runtime.state.identityFailure) return
    const { range, raw } = instruction.user
    report({
      at: range,
      message: text`No account has the uid ${uid}, so the process runs in group 0, which is root’s. Write USER ${raw}:${raw}.`,
      fixes: () => [
        {
          kind: 'edit',
          title: text`Write USER ${raw}:${raw}`,
          safety: 'suggestion',
          edits: [{ range, text: `${raw}:${raw}` }],
        },
      ],
    })
  },
})
