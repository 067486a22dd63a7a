import assert from 'node:assert/strict'
import { catalogue } from '../../../server/src/base-images/index.ts'
import { emptyBuildContext } from '../../../server/src/build-context/index.ts'
import { parseDockerfile } from '../../../server/src/dockerfile/index.ts'
import { type BuildContext, type EvaluateOptions, evaluate, find } from '../../../server/src/image/index.ts'
import type { Known } from '../../../server/src/known.ts'

/** A Dockerfile evaluated, and what its image is asked. Bases are those of the catalogue. */
export function image(
  text: string,
  context: BuildContext = emptyBuildContext,
  options: Partial<EvaluateOptions> = {},
) {
  const timeline = evaluate(parseDockerfile(text), { context, baseImages: catalogue(), ...options })
  const { state } = timeline.runtime!
  return {
    timeline,
    /** `file 1500:0 0644`, `missing`; `~` marks what is not certain. */
    sees: (expected: Readonly<Record<string, string>>) => {
      const seen = Object.fromEntries(
        Object.keys(expected).map((path) => {
          const { node } = find(state.files, path, false)
          const doubt = node.exists === 'certain' ? '' : `~${node.exists}`
          const owner = `${shown(node.owner, String)}:${shown(node.group, String)}`
          const mode = shown(node.mode, (bits) => bits.toString(8).padStart(4, '0'))
          return [path, node.kind === 'missing' ? `missing${doubt}` : `${node.kind}${doubt} ${owner} ${mode}`]
        }),
      )
      assert.deepEqual(seen, expected)
    },
    /** `1500:1500 /home/app` */
    runsAs: () => {
      const { uid, gid, home } = state.identity
      return `${shown(uid, String)}:${shown(gid, String)} ${shown(home, String)}`
    },
  }
}

function shown<T>(known: Known<T>, show: (value: T) => string): string {
  if (known.certainty === 'unknown') return '?'
  return show(known.value) + (known.certainty === 'certain' ? '' : `~${known.certainty}`)
}
