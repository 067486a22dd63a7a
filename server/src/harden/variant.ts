import type { HardenStep } from '../analysis/index.ts'
import type { TextEdit } from '../fixes/types.ts'
import { text } from '../l10n/index.ts'
import { byNumber } from './identity.ts'
import type { Subject } from './subject.ts'
import { familiar } from './workload.ts'

/**
 * nginx in a cluster: the variant that listens on 8080, keeps its files in /tmp and works under any uid. It is a drop-in where
 * nothing but files is copied: as its own user a RUN could not install anything.
 */
export function unprivilegedNginx(subject: Subject): readonly HardenStep[] | undefined {
  const { base, stage, baseReference, dockerfile } = subject
  const reference = base?.nonRootVariant?.reference
  const { image } = stage.stage.from
  if (!byNumber(subject) || !reference?.includes('nginx-unprivileged') || stage.parent || !image)
    return undefined
  if (!/^(?:library\/)?nginx(?::|@|$)/.test(familiar(baseReference ?? '')) || /[$@]/.test(image.raw))
    return undefined
  const plain = stage.steps.every(({ instruction }) => {
    if (instruction.keyword === 'RUN' || instruction.keyword === 'USER') return false
    // With a configuration of the file's own, its ports and paths are what counts.
    return !/\/etc\/nginx|nginx\.conf|conf\.d/.test(instruction.argumentsText.text)
  })
  if (!plain) return undefined
  const exposed: TextEdit[] = stage.steps.flatMap(({ instruction }) => {
    if (instruction.keyword !== 'EXPOSE' && instruction.keyword !== 'HEALTHCHECK') return []
    const text = dockerfile.text.slice(instruction.range.start, instruction.range.end)
    return [...text.matchAll(/(\s|localhost:|127\.0\.0\.1:)80(?=\s|\/|$)/g)].map((match) => {
      const start = instruction.range.start + match.index + (match[1]?.length ?? 0)
      return { range: { start, end: start + 2 }, text: '8080' }
    })
  })
  return [
    {
      title: text`Move to ${reference}`,
      reason: text`It is the same nginx, runs as 101 and listens on 8080. Publish 8080 where 80 was published.`,
      safety: 'suggestion',
      edits: [{ range: image.range, text: reference }, ...exposed],
    },
  ]
}
