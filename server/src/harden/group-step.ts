import type { HardenStep } from '../analysis/index.ts'
import type { Subject } from './subject.ts'

/**
 * An image that is not root's, but whose folders are its user's alone: OpenShift runs it under a number that only
 * shares group 0 with it. The rule `arbitrary-uid` knows which folders and how.
 */
export function groupStep({ analysis }: Subject): HardenStep | undefined {
  const finding = analysis.findings.find(({ rule }) => rule.id === 'arbitrary-uid')
  const fix = finding && analysis.fixesFor(finding).find(({ kind }) => kind === 'edit')
  if (fix?.kind !== 'edit') return undefined
  return {
    title: 'Give what the user writes to group 0, with the rights of its owner',
    reason: 'OpenShift runs the image under a uid of its own, which is in group 0 and nothing else.',
    safety: fix.safety,
    edits: fix.edits,
  }
}
