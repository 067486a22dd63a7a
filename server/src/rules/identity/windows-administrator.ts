import { userEdit } from '../../fixes/index.ts'
import { lastUserOf } from '../../image/index.ts'
import { text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'

/** A Windows image that runs as ContainerAdministrator. */
export const windowsAdministrator = defineRule({
  id: 'windows-administrator',
  category: 'identity',
  severity: 'warning',
  summary: 'A Windows image runs as ContainerAdministrator.',
  why: 'Windows Server Core starts everything as ContainerAdministrator, who may change the whole container and, in process isolation, shares the kernel with the host.',
  remedy: 'Add USER ContainerUser after the last step that needs an administrator.',
  equivalents: { sonar: ['S6471'] },
  references: ['Microsoft: Secure Windows containers'],
  check({ timeline }, report) {
    const { target, runtime } = timeline
    if (!target || !runtime || target.base?.os !== 'windows') return
    const user = lastUserOf(target)
    const spec = user ? runtime.state.identity.spec : target.base.user.user || (target.base.user.name ?? '')
    if (!/^([^\\]+\\)?ContainerAdministrator$/i.test(spec)) return
    const here =
      user?.stage === target && user.step.instruction.keyword === 'USER'
        ? user.step.instruction.user
        : undefined
    report({
      at: here?.range ?? target.stage.from.image?.range ?? target.stage.from.keywordRange,
      message: text`${here ? `USER ${spec}` : text`\`${target.reference ?? text`The base`}\``} makes this image run as ContainerAdministrator. Add USER ContainerUser after the last step that needs an administrator.`,
      certainty: 'likely',
      fixes: () => [
        {
          kind: 'edit',
          title: text`Run as \`ContainerUser\``,
          safety: 'suggestion',
          edits: [userEdit(timeline.dockerfile, target, 'ContainerUser')],
        },
      ],
    })
  },
})
