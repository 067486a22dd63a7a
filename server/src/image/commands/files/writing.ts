import { text } from '../../../l10n/index.ts'
import { written } from '../../account-files.ts'
import { join, nodeAt } from '../../files.ts'
import { makeDirectory, makeSpecial, pathIn, touchFile, worse, writeFile } from '../../operations.ts'
import type { ShellValue } from '../../types.ts'
import type { Outcome } from '../model.ts'
import { defineCommand, maybe, ok } from '../model.ts'
import { madeSomewhere, mayHaveMore } from './doubt.ts'
import { at, eachPath } from './operands.ts'
import { seen } from './reading.ts'
import { readMode } from './symbolic-mode.ts'
import { usage } from './usage.ts'

/** coreutils touch(1); container-facts run-umask, run-as-user-write-var-log, run-as-user-home-without-m. */
export const touch = defineCommand({
  names: ['touch'],
  options: {
    noCreate: '-c --no-create',
    access: '-a',
    modify: '-m',
    link: '-h --no-dereference',
    date: '-d --date STRING',
    stamp: '-t STAMP',
    reference: '-r --reference FILE',
    time: '--time WORD',
    ignored: '-f',
  },
  run(call) {
    if (call.operands.length === 0) return usage(call, text`touch needs at least one path.`)
    const reference = call.options.word('reference')
    const found = reference && eachPath(call, [reference], (path) => seen(call.world, path))
    if (found?.status === 'fail') return found
    const outcome = eachPath(
      call,
      call.operands,
      (path) => touchFile(call.world, path, !call.options.has('noCreate')),
      {
        anywhere: () => madeSomewhere(call.world, ['exists'], 'likely'),
      },
    )
    return worse(worse(call.options.uncertain ? maybe : ok, found ?? ok), outcome)
  },
})

/** coreutils tee(1); container-facts run-as-user-tee. What it prints is what it reads. */
export const tee = defineCommand({
  names: ['tee'],
  options: {
    append: '-a --append',
    ignore: '-i --ignore-interrupts',
    pipes: '-p',
    errors: '--output-error [MODE]',
  },
  run(call) {
    const { stdin, world } = call
    const append = call.options.has('append')
    const write = (path: string) => {
      const before = nodeAt(world.state.files, path).content
      const result = writeFile(world, path, { append })
      if (result.status !== 'fail') written(world, path, { before, added: stdin, append })
      return result
    }
    const outcome = eachPath(call, call.operands, write, { anywhere: () => madeSomewhere(world) })
    return stdin === undefined ? outcome : { ...outcome, output: stdin }
  },
})

/** coreutils truncate(1), util-linux fallocate(1). */
export const truncate = defineCommand({
  names: ['truncate', 'fallocate'],
  options: {
    size: '-s --size SIZE',
    noCreate: '-c --no-create',
    reference: '-r --reference FILE',
    blocks: '-o --io-blocks',
    length: '-l --length N',
    offset: '--offset N',
    keep: '-n --keep-size',
    verbose: '-v --verbose',
  },
  run: (call) =>
    eachPath(call, call.operands, (path) =>
      call.options.has('noCreate')
        ? touchFile(call.world, path, false)
        : writeFile(call.world, path, call.options.value('size') === '0' ? { content: '' } : {}),
    ),
})

/** coreutils dd(1): `of=FILE`. */
export const dd = defineCommand({
  names: ['dd'],
  run(call) {
    const target = call.args.find(({ text }) => text?.startsWith('of='))
    if (!target) return call.args.some(({ text }) => text === undefined) ? maybe : ok
    const path = pathIn(call.world, (target.text as string).slice('of='.length))
    return path === undefined ? maybe : at(writeFile(call.world, path), target)
  },
})

/** coreutils mktemp(1): the name is not known, its folder is. */
export const mktemp = defineCommand({
  names: ['mktemp'],
  options: {
    directory: '-d --directory',
    dryRun: '-u --dry-run',
    quiet: '-q --quiet',
    inFolder: '-p DIR',
    tmpdir: '--tmpdir [DIR]',
    template: '-t',
    suffix: '--suffix SUFFIX',
  },
  run(call) {
    const { world } = call
    const given =
      call.options.value('inFolder') ??
      (call.options.value('tmpdir')?.startsWith('-') ? undefined : call.options.value('tmpdir'))
    const [template] = call.operands
    const folder =
      template?.text !== undefined &&
      !call.options.has('template') &&
      given === undefined &&
      !call.options.has('tmpdir')
        ? pathIn(world, template.text.includes('/') ? template.text.replace(/\/[^/]*$/, '') || '/' : '.')
        : (given ?? '/tmp')
    if (folder === undefined || call.options.has('dryRun')) return maybe
    // A probe that is taken away again tells whether this identity may make something there.
    const before = world.state
    const probed = makeDirectory(world, join(folder, '.mktemp-probe'))
    world.state = before
    world.writes.pop()
    if (probed.status === 'fail') return probed
    const { uid, gid } = world.identity
    mayHaveMore(world, folder, {
      owner: uid,
      group: gid,
      mode: {
        certainty: 'likely',
        value: call.options.has('directory') ? 0o700 : 0o600,
        because: [world.origin],
      },
    })
    return probed
  },
})

/** coreutils mkfifo(1), mknod(1). */
export const mkfifo = defineCommand({
  names: ['mkfifo', 'mknod'],
  options: { mode: '-m --mode MODE', context: '-Z --context [CTX]' },
  run(call) {
    const { world } = call
    const mode = readMode(call.options.value('mode') ?? '', world.umask)?.change(0o666, false) ?? 0o666
    const words: readonly ShellValue[] = call.name === 'mknod' ? call.operands.slice(0, 1) : call.operands
    const device = call.name === 'mknod' && /^[bcu]$/.test(call.operands[1]?.text ?? '')
    return worse(
      device ? maybe : ok,
      eachPath(call, words, (path): Outcome => makeSpecial(world, path, mode)),
    )
  },
})
