import type { HardenStep } from '../analysis/index.ts'
import { keywordIn, lineBreakOf } from '../fixes/index.ts'
import { lastUserOf } from '../image/index.ts'
import { knownValue } from '../known.ts'
import { text } from '../l10n/index.ts'
import { byNumber } from './identity.ts'
import type { Subject } from './subject.ts'

/** `USER app` as a number, with the name in a comment above: for Kubernetes, where the image is fine otherwise. */
export function numberStep(subject: Subject): HardenStep | undefined {
  const { stage, runtime, dockerfile } = subject
  if (!byNumber(subject)) return undefined
  const user = lastUserOf(stage)
  const { identity } = runtime.state
  const uid = knownValue(identity.uid)
  const gid = knownValue(identity.gid)
  if (!user || user.stage !== stage || user.step.instruction.keyword !== 'USER') return undefined
  const { instruction } = user.step
  const { user: word } = instruction
  const [name = ''] = identity.spec.split(':')
  if (!word || uid === undefined || uid === 0 || /^\d*$/.test(name) || /\$/.test(word.raw)) return undefined
  const groups = knownValue(identity.groups)
  const number = gid === undefined || (groups?.length ?? 1) > 1 ? `${uid}` : `${uid}:${gid}`
  const eol = lineBreakOf(dockerfile)
  return {
    title: text`Write USER ${name} as ${number}`,
    reason: text`Kubernetes verifies runAsNonRoot only by number.`,
    safety: 'suggestion',
    edits: [
      {
        range: { start: instruction.keywordRange.start, end: word.range.end },
        text: `# ${name}${eol}${keywordIn(dockerfile, 'USER')} ${number}`,
      },
    ],
  }
}
