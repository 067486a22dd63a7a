import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { catalogue } from '../../../server/src/base-images/index.ts'

/** What engines saw in a plain Debian 12: container-facts/run-base-folders and -more, where they are on this machine. */
const cases = path.resolve(import.meta.dirname, '../../../../shared/research/container-facts/cases/run.jsonl')
// Made at start by the engine, or different in an image that ran `apt-get update`.
const notTheImages = /^\/(?:proc|sys|dev\/stdout|etc\/(?:hosts|resolv\.conf))|partial$/

interface Case {
  readonly id: string
  readonly observed: {
    readonly run: { readonly paths: Record<string, { kind: string; owner?: string; mode?: string }> }
  }
}

describe('paths of Debian 12', () => {
  it('are as engines saw them', function () {
    if (!existsSync(cases)) {
      console.log(`      skipped: ${cases} is not on this machine`)
      this.skip()
    }
    const paths = catalogue().resolve('debian:12', undefined)?.paths
    assert.ok(paths)
    let compared = 0
    for (const line of readFileSync(cases, 'utf8').split('\n')) {
      if (!line.includes('"run-base-folders')) continue
      const { observed } = JSON.parse(line) as Case
      for (const [seenAt, seen] of Object.entries(observed.run.paths)) {
        if (notTheImages.test(seenAt)) continue
        const found = paths.get(seenAt.replace(/^\/bin\//, '/usr/bin/'))
        if (seen.kind === 'missing') {
          const parent = paths.get(path.posix.dirname(seenAt))
          assert.equal(found, undefined, seenAt)
          if (parent?.complete) compared++
          continue
        }
        if (!found) continue
        compared++
        assert.deepEqual(
          [found.kind, `${found.uid}:${found.gid}`, found.mode?.toString(8).padStart(4, '0')],
          [seen.kind, seen.owner, seen.mode],
          seenAt,
        )
      }
    }
    assert.ok(compared > 45, `only ${compared} paths compared`)
  })
})

describe('paths of every popular image', () => {
  const images = [
    'debian:12',
    'debian:13-slim',
    'ubuntu:24.04',
    'alpine:3.22',
    'busybox',
    'fedora',
    'python:3.13',
    'node:22-alpine',
    'php:8.4-apache',
    'nginx',
    'gcr.io/distroless/static',
    'golang',
    'rust',
    'scratch',
  ]
  for (const reference of images)
    it(`make sense in ${reference}`, () => {
      const paths = catalogue().resolve(reference, undefined)?.paths
      assert.ok(paths)
      assert.ok(paths.get('/'))
      for (const [name, entry] of paths) {
        assert.match(name, /^\/(?:[^/]+(?:\/[^/]+)*)?$/, name)
        assert.ok(entry.mode !== null && !Number.isNaN(entry.mode) && entry.mode <= 0o7777, name)
        assert.equal(entry.target !== undefined, entry.kind === 'link', name)
        const parent = paths.get(path.posix.dirname(name))
        // Nothing hangs in the air below a folder that is said to be complete.
        assert.ok(parent || !paths.get('/')?.complete || path.posix.dirname(name).split('/').length > 2, name)
        if (parent) assert.equal(parent.kind, 'directory', name)
      }
    })
})
