import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { probers, readProbe } from '../../../server/src/verify/probe.ts'
import { folderWith } from '../cli/run.ts'

/** What each program of an image is to find, tried on this machine. */
describe('verify: programs that look from inside', () => {
  before(function () {
    if (process.platform !== 'linux') this.skip()
  })

  for (const { program, args } of probers)
    it(`${program} tells who process 1 is, and tries paths`, function () {
      using dir = folderWith({ 'a file': 'as it was', folder: undefined })
      const at = (name: string) => join(dir.folder, name)
      // Nobody can make files in /proc, root neither.
      const paths = [
        dir.folder,
        at('a file'),
        at('folder'),
        at('not/there'),
        at('a file/x'),
        '/proc',
        '/proc/nothing',
        '/',
      ]
      const { stdout, error } = spawnSync(program, [...args, ...paths], { encoding: 'utf8' })
      if (error) return this.skip()
      const seen = readProbe(stdout, paths)
      assert.ok(seen, stdout)
      const status = readFileSync('/proc/1/status', 'utf8')
      assert.equal(seen.status.uid, Number(/^Uid:\t\d+\t(\d+)/m.exec(status)?.[1]))
      assert.deepEqual(
        paths.slice(0, -1).map((path) => seen.paths.get(path)),
        [
          { kind: 'directory', writable: true },
          { kind: 'file', writable: true },
          { kind: 'directory', writable: true },
          { kind: 'missing', writable: true },
          { kind: 'missing', writable: false },
          { kind: 'directory', writable: false },
          { kind: 'missing', writable: false },
        ],
      )
      assert.equal(seen.paths.get('/')?.kind, 'directory')
      // It leaves all as it was.
      assert.deepEqual(readdirSync(dir.folder).sort(), ['a file', 'folder'])
      assert.equal(readFileSync(at('a file'), 'utf8'), 'as it was')
    })

  it('say nothing where their end is missing', () => {
    assert.equal(
      readProbe('status Uid:\t0\t0\t0\t0\nstatus Gid:\t0\t0\t0\t0\npath 0 directory yes\n', ['/']),
      undefined,
    )
    assert.equal(readProbe('end\n', []), undefined)
  })
})
