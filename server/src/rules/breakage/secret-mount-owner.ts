import { text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'
import { reportRootMounts } from './mount-owner.ts'

/** RUN --mount=type=secret after USER: root's, 0400. */
export const secretMountOwner = defineRule({
  id: 'secret-mount-owner',
  category: 'breakage',
  severity: 'warning',
  summary: 'A secret belongs to root with mode 0400, but the step runs as another user who cannot read it.',
  why: 'A secret is 0:0 with mode 0400 unless uid= says otherwise, whoever USER is.',
  remedy: 'Add uid= to the mount: that user and nobody else can read it then.',
  references: ['container-facts/mount-secret-default', 'container-facts/mount-secret-uid'],
  check({ timeline }, report) {
    reportRootMounts(
      timeline,
      'secret',
      (target, who) =>
        text`The secret ${target} belongs to root:root with mode 0400, but this step runs as ${who}, who cannot read it. Add uid= to the mount.`,
      report,
    )
  },
})
