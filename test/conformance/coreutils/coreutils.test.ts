import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { World } from '../../../server/src/image/commands/model.ts'
import { directory, find, pathsBelow, put } from '../../../server/src/image/files.ts'
import { setFiles } from '../../../server/src/image/operations.ts'
import type { Known } from '../../../server/src/known.ts'
import { certain, knownValue } from '../../../server/src/known.ts'
import { become, sh, smallWorld } from '../../unit/image/small-world.ts'
import { type Step, sequence } from './commands.ts'

/**
 * The models of file commands against the real programs: random commands as root and as a user, in a folder of
 * their own, and after each one the same owners and modes and the same success or failure.
 * UNROOT_COREUTILS_SEQUENCES says how many sequences of twelve.
 */
const sequences = Number(process.env.UNROOT_COREUTILS_SEQUENCES ?? 60)

describe('file commands against GNU coreutils', function () {
  this.timeout(sequences * 3000 + 10_000)
  let folder = ''

  before(function () {
    if (!canCompare()) return this.skip()
    const parent = mkdtempSync(join(tmpdir(), 'unroot-coreutils-'))
    chmodSync(parent, 0o755)
    folder = join(parent, 'w')
  })
  after(() => {
    if (folder !== '') rmSync(dirname(folder), { recursive: true, force: true })
  })

  it(`${sequences} sequences end alike`, () => {
    for (let seed = 1; seed <= sequences; seed++) compare(sequence(seed, folder), folder, seed)
  })
})

function canCompare(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  const version = spawnSync('cp', ['--version'], { encoding: 'utf8' }).stdout ?? ''
  return version.includes('GNU coreutils') && spawnSync('setpriv', ['--version']).status === 0
}

interface Seen {
  readonly exitCode: number
  readonly entries: readonly string[]
}

function compare(steps: readonly Step[], folder: string, seed: number): void {
  const real = runReal(steps, folder)
  const world = worldWith(folder)
  for (const [index, step] of steps.entries()) {
    const seen = real[index] as Seen
    become(world, step.uid, step.uid, step.uid === 0 ? [0] : [1500, 3000])
    world.umask = Number.parseInt(step.umask, 8)
    const { status } = sh(world, step.command, '')
    const told = `seed ${seed}, as ${step.uid} after ${steps
      .slice(0, index)
      .map((one) => `${one.uid}: ${one.command}`)
      .join('; ')}: ${step.command}`
    if (status !== 'maybe') assert.equal(status === 'ok', seen.exitCode === 0, told)
    const mine = entriesOf(world, folder)
    // A command that fails has done a part of its work, which nobody relies on.
    if (seen.exitCode !== 0) {
      if (mine.join() !== seen.entries.join()) return
      continue
    }
    assert.deepEqual(mine, seen.entries, told)
  }
}

function runReal(steps: readonly Step[], folder: string): readonly Seen[] {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  chmodSync(folder, 0o1777)
  const lines = steps.map(({ command, uid, umask }) => {
    const run = `umask ${umask}; ${command.replaceAll('{}', "'{}'")} </dev/null >/dev/null 2>&1`
    const as = uid === 0 ? `(${run})` : `setpriv --reuid 1500 --regid 1500 --groups 1500,3000 sh -c "${run}"`
    return `${as}; echo "exit $?"; find ${folder} -printf '%p %y %U:%G %m\\n'`
  })
  const { stdout } = spawnSync('sh', ['-c', lines.join('\n')], { encoding: 'utf8' })
  return stdout
    .split(/^exit /m)
    .slice(1)
    .map((part) => {
      const [exitCode, ...entries] = part.trimEnd().split('\n')
      return { exitCode: Number(exitCode), entries: entries.sort() }
    })
}

function worldWith(folder: string): World {
  const world = smallWorld()
  const plain = (mode: number) =>
    directory({ owner: certain(0), group: certain(0), mode: certain(mode), because: [] })
  setFiles(world, put(put(world.state.files, dirname(folder), plain(0o755)), folder, plain(0o1777)))
  return world
}

function entriesOf(world: World, folder: string): readonly string[] {
  const number = (known: Known<number>, base = 10) => knownValue(known)?.toString(base) ?? '?'
  return [...pathsBelow(find(world.state.files, folder).node, folder)]
    .map(
      ({ path, node }) =>
        `${path} ${node.kind[0]} ${number(node.owner)}:${number(node.group)} ${number(node.mode, 8)}`,
    )
    .sort()
}
