import assert from 'node:assert/strict'
import { parseDockerfile } from '../../../server/src/dockerfile/index.ts'
import { failedLine, failureWords } from '../../../server/src/verify/build.ts'

const dockerfile = parseDockerfile('ARG V=1\nFROM debian:12\n\nRUN true\nRUN echo oh \\\n  && false\n')

/** What engines said of a RUN in line 5, the last lines of it. */
const engines = [
  [
    'BuildKit',
    'Dockerfile:5\n--------------------\n   4 |     RUN true\n   5 | >>> RUN echo oh \\\n   6 | >>>   && false\n--------------------\nERROR: failed to solve: process "/bin/sh -c echo oh   && false" did not complete successfully: exit code: 1\n',
    'ERROR: failed to solve: process "/bin/sh -c echo oh   && false" did not complete successfully: exit code: 1',
  ],
  [
    'BuildKit of Docker 20.10',
    '#5 ERROR: executor failed running [/bin/sh -c echo oh   && false]: exit code: 1\n------\n > [3/3] RUN echo oh   && false:\n------\nexecutor failed running [/bin/sh -c echo oh   && false]: exit code: 1\n',
    'executor failed running [/bin/sh -c echo oh   && false]: exit code: 1',
  ],
  [
    'the classic builder',
    "Step 3/4 : RUN true\n ---> Running in 1\nStep 4/4 : RUN echo oh   && false\n ---> Running in 2\n\u001b[91mwarned\n\u001b[0moh\nThe command '/bin/sh -c echo oh   && false' returned a non-zero code: 1\n",
    "warned\noh\nThe command '/bin/sh -c echo oh   && false' returned a non-zero code: 1",
  ],
  [
    'buildah',
    'STEP 3/3: RUN echo oh   && false\noh\nError: building at STEP "RUN echo oh   && false": while running runtime: exit status 1\n',
    'STEP 3/3: RUN echo oh   && false\noh\nError: building at STEP "RUN echo oh   && false": while running runtime: exit status 1',
  ],
] as const

describe('verify: the line of a failed build', () => {
  for (const [engine, said, words] of engines)
    it(`is told by ${engine}`, () => {
      assert.equal(failedLine(said, dockerfile), 5)
      assert.equal(failureWords(said), words)
    })

  it('is told for what the builder cannot read', () => {
    const said = 'ERROR: failed to solve: dockerfile parse error on line 3: unknown instruction: RUNN\n'
    assert.equal(failedLine(said, dockerfile), 3)
  })

  it('stays open where nothing names it, or two instructions are the same', () => {
    assert.equal(failedLine('ERROR: failed to resolve source metadata\n', dockerfile), undefined)
    const twice = parseDockerfile('FROM a\nRUN false\nRUN false\n')
    assert.equal(failedLine('Error: building at STEP "RUN false": exit status 1\n', twice), undefined)
  })
})
