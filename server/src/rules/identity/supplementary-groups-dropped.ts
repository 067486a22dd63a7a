import { groupsOf, lastUserOf, lineageOf, userByName } from '../../image/index.ts'
import { knownValue } from '../../known.ts'
import { listed, text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'

/** USER name:group keeps that one group: memberships that this file made are lost. */
export const supplementaryGroupsDropped = defineRule({
  id: 'supplementary-groups-dropped',
  category: 'identity',
  severity: 'information',
  summary: 'USER name:group drops the account’s other groups, which this file gave it.',
  why: 'With a group behind the colon the process gets only that one; without, it gets all groups that /etc/group lists for the account.',
  remedy: 'Leave the group out.',
  equivalents: { tally: ['user-explicit-group-drops-supplementary-groups'] },
  references: ['container-facts/user-supplementary-app', 'container-facts/user-group-app-extra'],
  check({ timeline }, report) {
    const { target, runtime } = timeline
    if (!target || !runtime) return
    const user = lastUserOf(target)
    const instruction = user?.stage === target ? user.step.instruction : undefined
    if (instruction?.keyword !== 'USER' || !instruction.user) return
    const { identity, accounts } = runtime.state
    const [name = '', group = ''] = identity.spec.split(':')
    const account = userByName(accounts, name)
    const kept = knownValue(identity.groups)
    if (group === '' || !account || !kept || knownValue(account.uid) === 0) return
    const base = lineageOf(target)[0]?.initial.accounts
    const lost = groupsOf(accounts, name).filter((one) => {
      const gid = knownValue(one.gid)
      return (
        gid !== undefined &&
        gid !== knownValue(account.gid) &&
        !kept.includes(gid) &&
        // Debian's adduser puts everybody into `users`; nobody means anything by it.
        one.name !== 'users' &&
        one.certainty !== 'possible' &&
        !base?.groups.some((before) => before.name === one.name && before.members.includes(name))
      )
    })
    if (lost.length === 0) return
    const { range, raw } = instruction.user
    const names = listed(lost.map((one) => `\`${one.name}\``))
    report({
      at: range,
      message: text`USER ${identity.spec} keeps only the group ${group}: ${name} is not in ${names} when the container runs. Write USER ${name}.`,
      related: lost.flatMap(({ origin }) =>
        origin.kind === 'instruction'
          ? [{ range: origin.range, message: text`The group is made here.` }]
          : [],
      ),
      fixes: () => {
        const short = raw.slice(0, raw.indexOf(':'))
        return raw.includes(':') && !raw.includes('$')
          ? [
              {
                kind: 'edit',
                title: text`Write USER ${short}`,
                safety: 'suggestion',
                edits: [{ range, text: short }],
              },
            ]
          : []
      },
    })
  },
})
