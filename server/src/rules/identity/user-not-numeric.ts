import { lastUserOf } from '../../image/index.ts'
import { knownValue } from '../../known.ts'
import { text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'

/** Kubernetes cannot verify a name: runAsNonRoot refuses the pod. */
export const userNotNumeric = defineRule({
  id: 'user-not-numeric',
  category: 'identity',
  severity: 'information',
  summary: 'USER is a name; Kubernetes verifies runAsNonRoot only by number.',
  why: 'With runAsNonRoot and no runAsUser the kubelet refuses to start an image whose user is not a number.',
  remedy: 'Write USER as uid:gid, with the name in a comment.',
  equivalents: { hadolint: ['DL3066'], tally: ['hadolint/DL3066'] },
  references: [
    'Kubernetes Pod Security Standards: restricted',
    'Kubernetes: pkg/kubelet/kuberuntime/security_context.go',
  ],
  profiles: ['kubernetes', 'openshift'],
  check({ timeline }, report) {
    const { target, runtime } = timeline
    if (!target || !runtime || target.base?.os === 'windows') return
    const user = lastUserOf(target)
    if (
      !user ||
      user.stage !== target ||
      user.step.instruction.keyword !== 'USER' ||
      !user.step.instruction.user
    )
      return
    const { identity } = runtime.state
    const [name = ''] = identity.spec.split(':')
    if (name === '' || /^[+-]?\d+$/.test(name) || /\$/.test(name)) return
    const uid = knownValue(identity.uid)
    const gid = knownValue(identity.gid)
    if (uid === 0 || runtime.failure?.reason === 'user-not-found') return
    const number = uid === undefined ? undefined : `${uid}${gid === undefined ? '' : `:${gid}`}`
    const { range } = user.step.instruction.user
    report({
      at: range,
      message: text`Kubernetes cannot verify that \`${name}\` is not root: with runAsNonRoot the pod is refused unless it sets runAsUser. ${number ? text`Write USER ${number}.` : text`Give the account a fixed uid and write that number.`}`,
      certainty: 'certain',
      fixes: () =>
        number
          ? [
              {
                kind: 'edit',
                title: text`Write USER ${number}`,
                safety: 'suggestion',
                edits: [{ range, text: number }],
              },
            ]
          : [],
    })
  },
})
