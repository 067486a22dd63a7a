import assert from 'node:assert/strict'
import { image } from './built-image.ts'

/** What the shell of an image makes of a word. Seen on Docker 28.5 with Debian's dash and BusyBox's ash. */

describe('Braces', () => {
  const made = { '/d/a': 'directory 0:0 0755', '/d/b': 'directory 0:0 0755', '/d/{a,b}': 'missing' }
  const asText = { '/d/a': 'missing', '/d/b': 'missing', '/d/{a,b}': 'directory 0:0 0755' }
  const command = 'mkdir /d && mkdir /d/{a,b}'

  it('are text to dash and to BusyBox', () => {
    image(`FROM debian:12\nRUN ${command}`).sees(asText)
    image(`FROM alpine:3.20\nRUN ${command}`).sees(asText)
    image(`FROM debian:12\nRUN sh -c '${command}'`).sees(asText)
  })
  it('are alternatives to bash', () => {
    image(`FROM debian:12\nSHELL ["/bin/bash", "-c"]\nRUN ${command}`).sees(made)
    image(`FROM debian:12\nRUN bash -c '${command}'`).sees(made)
    image(`FROM debian:12\nRUN <<EOF\n#!/bin/bash\n${command}\nEOF`).sees(made)
  })
  it('are unknown where nobody knows the shell', () => {
    const nobody = { '/d/a': 'unknown~possible ?:? ?', '/d/{a,b}': 'unknown~possible ?:? ?' }
    image(`FROM example/unknown:1\nRUN ${command}`).sees(nobody)
    image(`FROM debian:12\nRUN ln -sf bash /bin/sh\nRUN ${command}`).sees(nobody)
  })
  it('in quotes are text to all', () => {
    const quoted = 'mkdir /d && mkdir "/d/{a,b}"'
    image(`FROM debian:12\nSHELL ["/bin/bash", "-c"]\nRUN ${quoted}`).sees(asText)
  })
})

describe('A heredoc that begins with #!', () => {
  const steps = (text: string) =>
    image(text).timeline.runtime!.stage.steps.map(({ failure }) => failure?.certainty)

  it('is read by the program that it names', () => {
    const bash = (options: string) =>
      `FROM debian:12\nRUN <<EOF\n#!/bin/bash${options}\nfalse\ntouch /made\nEOF`
    image(bash('')).sees({ '/made': 'file 0:0 0644' })
    assert.deepEqual(steps(bash(' -e')), ['certain'])
    image(`FROM debian:12\nSHELL ["/bin/sh", "-ec"]\nRUN <<EOF\n#!/bin/sh\nfalse\ntouch /made\nEOF`).sees({
      '/made': 'file 0:0 0644',
    })
  })
  it('is no shell script where it names another language', () => {
    const python = (first: string) =>
      `FROM python:3.12\nRUN <<EOF\n${first}\nexit(3) if 1 > 2 else mkdir\nEOF`
    assert.deepEqual(steps(python('#!/usr/bin/env python3')), [undefined])
    assert.deepEqual(steps(python('#!/usr/local/bin/python3')), [undefined])
  })
})

describe('A script whose text nobody has', () => {
  const after = (run: string) => image(`FROM debian:12\nWORKDIR /app\nCOPY gen.sh /\nRUN ${run}`)

  it('may have made anything', () => {
    for (const run of ['sh /gen.sh', 'bash /gen.sh', '/gen.sh', '. /gen.sh'])
      after(run).sees({ '/app/x': 'unknown~possible 0:0 ?', '/srv/x': 'unknown~possible 0:0 ?' })
  })
  it('leaves files of who runs it, whatever ran in other images before', () => {
    const run = (user: string) => image(`FROM debian:12\nUSER ${user}\nRUN ./gen.sh`)
    run('1500:1500').sees({ '/tmp/x': 'unknown~possible 1500:1500 ?' })
    run('0').sees({ '/tmp/x': 'unknown~possible 0:0 ?' })
    run('1600:1600').sees({ '/tmp/x': 'unknown~possible 1600:1600 ?' })
  })
  it('is what Python, Node, npm and their kin run, too', () => {
    for (const run of [
      'python:3.12\nRUN python gen.py',
      'node:20\nRUN node gen.js',
      'node:20\nRUN npm run build',
      'debian:12\nRUN perl gen.pl',
    ])
      image(`FROM ${run}`).sees({ '/srv/x': 'unknown~possible 0:0 ?' })
  })
  it('leaves variables that nobody knows where it is read by this very shell', () => {
    const made = (run: string) => image(`FROM debian:12\nRUN ${run} mkdir -p /opt/$VERSION_CODENAME/x`)
    const read = { '/opt/bookworm/x': 'unknown~possible ?:? ?' }
    made('. /etc/os-release &&').sees(read)
    made('if [ -f /etc/os-release ]; then . /etc/os-release; fi;').sees(read)
    made('(. /etc/os-release) &&').sees({ '/opt/x': 'directory 0:0 0755', '/opt/bookworm/x': 'missing' })
  })
})
