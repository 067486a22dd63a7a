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

describe('What fails and has done its work', () => {
  it('cp of a folder into itself copies all else (GNU 9.1, BusyBox 1.35)', () => {
    const text = 'RUN mkdir -p /opt/s && touch /opt/f && chmod 0751 /opt/s; cp -a /opt /opt/tool; echo $?'
    for (const base of ['debian:12', 'alpine:3.22']) {
      assert.deepEqual(printed(`FROM ${base}\n${text}`), ['1'])
      image(`FROM ${base}\n${text}`).sees({
        '/opt/tool': 'directory 0:0 0755',
        '/opt/tool/f': 'file 0:0 0644',
        '/opt/tool/s': 'directory 0:0 0751',
        '/opt/tool/tool': 'missing',
      })
    }
  })
  it('deluser of BusyBox, whose group of the same name is another account’s primary one', () => {
    const text = 'FROM alpine:3.19\nRUN deluser mail; echo $?; grep -c ^mail: /etc/passwd /etc/group'
    assert.deepEqual(printed(text), ['1'])
    const { users, groups } = image(text).timeline.runtime!.state.accounts
    assert.equal(
      users.some(({ name }) => name === 'mail'),
      false,
    )
    assert.equal(
      groups.some(({ name }) => name === 'mail'),
      true,
    )
  })
})

describe('A folder read as a file', () => {
  it('fails', () => {
    for (const program of ['cat', 'head', 'tail', 'wc', 'md5sum', 'base64'])
      assert.deepEqual(printed(`FROM debian:12\nRUN ${program} /etc; echo $?`), ['1'], program)
  })
})
