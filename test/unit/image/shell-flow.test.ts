import assert from 'node:assert/strict'
import { inEnglish } from '../../../server/src/l10n/index.ts'
import { image } from './built-image.ts'

/** What a script leaves behind where something in it fails, or may. Seen on Docker 28.5 (BuildKit 0.25). */

const failures = (text: string) =>
  image(text).timeline.runtime!.stage.steps.flatMap(({ failure }) =>
    failure ? [`${failure.certainty} ${failure.exitCode}: ${inEnglish(failure.message)}`] : [],
  )
const printed = (text: string) =>
  image(text)
    .timeline.runtime!.stage.steps.flatMap(({ commands }) => commands)
    .filter(({ argv }) => argv[0]?.text === 'echo')
    .map(({ argv, reached }) => `${argv[1]?.text ?? '?'}${reached === 'certain' ? '' : '~'}`)

describe('A command that may fail, and nobody needs it to work', () => {
  it('has possibly done nothing', () => {
    image('FROM debian:12\nUSER 65534\nRUN mkdir -p /run/app; true').sees({
      '/run/app': 'unknown~possible ?:? ?',
    })
    image('FROM debian:12\nUSER 65534\nRUN mkdir -p /run/app').sees({
      '/run/app': 'directory 65534~likely:65534~likely 0755~likely',
    })
  })
})

describe('A function', () => {
  it('is there once its declaration is reached', () => {
    image('FROM debian:12\nRUN true && f() { mkdir "$1"; }; f /a').sees({ '/a': 'directory 0:0 0755' })
    image('FROM debian:12\nRUN false && f() { mkdir "$1"; }; f /a; true').sees({
      '/a': 'unknown~possible 0:0 ?',
    })
  })
  it('is only possible where its declaration is', () => {
    image('FROM debian:12\nRUN something && f() { mkdir "$1"; }; f /a; true').sees({
      '/a': 'unknown~possible 0~likely:0~likely ?',
    })
  })
})

describe('cd into what is no folder', () => {
  const said = (code: number) => [`certain ${code}: /etc/passwd is a file, cd needs a folder.`]
  it('ends dash with 2, bash with 1', () => {
    assert.deepEqual(failures('FROM debian:12\nRUN cd /etc/passwd'), said(2))
    assert.deepEqual(failures('FROM debian:12\nSHELL ["/bin/bash", "-c"]\nRUN cd /etc/passwd'), said(1))
    assert.deepEqual(failures('FROM debian:12\nRUN bash -c "cd /etc/passwd"'), said(1))
    assert.deepEqual(
      failures('FROM debian:12\nSHELL ["/bin/bash", "-c"]\nRUN sh -c "cd /etc/passwd"'),
      said(2),
    )
  })
  it('is told so to the next command', () => {
    assert.deepEqual(printed('FROM debian:12\nRUN cd /etc/passwd; echo $?'), ['2'])
  })
})
