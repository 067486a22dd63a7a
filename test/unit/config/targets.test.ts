import assert from 'node:assert/strict'
import { analyse } from '../../../server/src/analysis/index.ts'
import { catalogue } from '../../../server/src/base-images/index.ts'
import { emptyBuildContext } from '../../../server/src/build-context/index.ts'
import { analysisOptions } from '../../../server/src/setup/index.ts'

describe('several stages of a file that become images', () => {
  const text = [
    'FROM debian:12 AS base',
    'RUN chmod 777 /srv',
    'FROM base AS api',
    'CMD ["sleep", "1"]',
    'FROM base AS worker',
    'CMD ["sleep", "2"]',
    'FROM node:22 AS tests',
    'USER node',
    '',
  ].join('\n')
  const found = (targets: Record<string, readonly string[]>, target?: string) => {
    const options = analysisOptions({
      context: emptyBuildContext,
      baseImages: catalogue(),
      config: { targets },
      path: 'Dockerfile',
      ...(target ? { above: { target } } : {}),
    })
    const { findings, dockerfile } = analyse(text, options)
    return findings.map(
      ({ rule, range }) => `${dockerfile.lines.positionAt(range.start).line + 1} ${rule.id}`,
    )
  }

  it('are all looked at, and what they share is told once', () => {
    assert.deepEqual(found({ Dockerfile: ['api', 'worker'] }), [
      '2 world-writable',
      '3 runs-as-root',
      '5 runs-as-root',
    ])
  })

  it('are those that the configuration names', () => {
    assert.deepEqual(found({ Dockerfile: ['tests'] }), [])
    assert.deepEqual(found({ Dockerfile: ['tests', 'worker'] }), ['2 world-writable', '5 runs-as-root'])
  })

  it('are left aside where one is asked for', () => {
    assert.deepEqual(found({ Dockerfile: ['tests', 'worker'] }, 'tests'), [])
  })
})
