import { text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'
import { reportRootMounts } from './mount-owner.ts'

/** RUN --mount=type=cache after USER: the cache is root's. */
export const cacheMountOwner = defineRule({
  id: 'cache-mount-owner',
  category: 'breakage',
  severity: 'warning',
  summary: 'A cache mount belongs to root, but the step runs as another user who cannot write it.',
  why: 'A cache mount is 0:0 with mode 0755 unless uid= and gid= say otherwise, whoever USER is. Tools fail there, or go on without a cache.',
  remedy: 'Add uid= and gid= to the mount.',
  references: ['container-facts/mount-cache-default', 'container-facts/mount-cache-uid'],
  check({ timeline }, report) {
    reportRootMounts(
      timeline,
      'cache',
      (target, who) =>
        text`The cache ${target} belongs to root:root with mode 0755, but this step runs as ${who}, who cannot write it. Add uid= and gid= to the mount.`,
      report,
    )
  },
})
