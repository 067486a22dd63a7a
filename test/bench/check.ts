import { dirname } from 'node:path'
import { analyse } from '../../server/src/analysis/index.ts'
import { catalogue } from '../../server/src/base-images/index.ts'
import { nodeBuildContext } from '../../server/src/build-context/node.ts'
import { checkedFile, outputs } from '../../server/src/output/index.ts'
import type { CorpusFile } from './corpus.ts'

export interface CheckSpeed {
  readonly filesPerSecond: number
  /** With the fixes, which JSON holds, each checked by analysing again. */
  readonly withFixes: number
}

/** `unroot check` over all files, without the start of a process. */
export function checkSpeed(files: readonly CorpusFile[]): CheckSpeed {
  const run = (format: 'text' | 'json') => {
    const begun = performance.now()
    for (const { path, text } of files) {
      const context = nodeBuildContext(dirname(path), path)
      const analysis = analyse(text, { context, baseImages: catalogue() })
      const checked = checkedFile(path, analysis, outputs[format].showsFixes)
      outputs[format].write([checked], { color: false, quiet: false, version: '0' })
    }
    return (files.length * 1000) / (performance.now() - begun)
  }
  run('text')
  return { filesPerSecond: run('text'), withFixes: run('json') }
}
