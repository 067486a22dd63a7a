import assert from 'node:assert/strict'
import { parseReference } from '../../../server/src/base-images/index.ts'

const sha = `sha256:${'0123456789abcdef'.repeat(4)}`

describe('an image reference', () => {
  for (const [text, repository, tag, digest, familiar] of [
    ['python', 'docker.io/library/python', null, null, 'python'],
    ['python:3.13-slim', 'docker.io/library/python', '3.13-slim', null, 'python'],
    ['library/python', 'docker.io/library/python', null, null, 'python'],
    ['docker.io/python', 'docker.io/library/python', null, null, 'python'],
    ['index.docker.io/library/python:3', 'docker.io/library/python', '3', null, 'python'],
    ['bitnami/redis', 'docker.io/bitnami/redis', null, null, 'bitnami/redis'],
    [
      'gcr.io/distroless/static:nonroot',
      'gcr.io/distroless/static',
      'nonroot',
      null,
      'gcr.io/distroless/static',
    ],
    ['localhost/app', 'localhost/app', null, null, 'localhost/app'],
    ['localhost:5000/app:1', 'localhost:5000/app', '1', null, 'localhost:5000/app'],
    ['host:5000/a/b', 'host:5000/a/b', null, null, 'host:5000/a/b'],
    ['[::1]:5000/app', '[::1]:5000/app', null, null, '[::1]:5000/app'],
    ['UPPER/app', 'UPPER/app', null, null, 'UPPER/app'],
    [`node:22@${sha}`, 'docker.io/library/node', '22', sha, 'node'],
    [`r.io:5000/n@${sha}`, 'r.io:5000/n', null, sha, 'r.io:5000/n'],
    ['a__b/c-d.e:_X', 'docker.io/a__b/c-d.e', '_X', null, 'a__b/c-d.e'],
  ] as const)
    it(`is ${text}`, () => assert.deepEqual(parseReference(text), { repository, tag, digest, familiar }))

  for (const text of [
    '',
    ' python',
    'Python',
    'python:',
    'python:a b',
    ':3',
    '/python',
    'python/',
    'a//b',
    '-python',
    '--platform',
    'a:b:c',
    'python@sha256:12',
    'python@',
    '$BASE',
    'a_/b',
    'ab'.repeat(32),
    `python:${'x'.repeat(129)}`,
    'a'.repeat(300),
    'r.io:port/x',
  ])
    it(`is not ${text.slice(0, 40) || 'empty'}`, () => assert.equal(parseReference(text), undefined))
})
