import { lineageOf } from '../../image/index.ts'
import { text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'

/** Nothing says who the image runs as, and its base is not known. */
export const baseUserUnknown = defineRule({
  id: 'base-user-unknown',
  category: 'identity',
  severity: 'information',
  summary: 'The base image is unknown and no USER is set: nobody can tell who the image runs as.',
  why: 'A base without a user runs as root; from here it cannot be seen whether this one has one.',
  remedy: 'Declare the base in .unroot.json, or set USER.',
  equivalents: { sonar: ['S6471'], hadolint: ['DL3002'], trivy: ['DS-0002'], checkov: ['CKV_DOCKER_3'] },
  check({ timeline }, report) {
    const { target, runtime } = timeline
    if (!target || !runtime) return
    const first = lineageOf(target)[0]
    if (
      !first ||
      first.base ||
      runtime.state.identity.spec !== '' ||
      runtime.state.identity.uid.certainty !== 'unknown'
    )
      return
    const { image } = first.stage.from
    if (!image) return
    const { reference } = first
    report({
      at: image.range,
      message: reference
        ? text`Unroot does not know \`${reference}\` and no USER is set after it, so it cannot tell who this image runs as. Declare the base in .unroot.json, or set USER.`
        : text`\`${image.raw}\` depends on a build argument without a value here and no USER is set after it, so nobody can tell who this image runs as. Give the ARG a default, or set USER.`,
      certainty: 'possible',
      fixes: () =>
        reference
          ? [
              {
                kind: 'offer',
                title: text`Declare ${reference} in .unroot.json`,
                offer: { name: 'declare-base-image', reference },
              },
            ]
          : [],
    })
  },
})
