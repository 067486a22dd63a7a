import { text } from '../../../l10n/index.ts'
import { find } from '../../files.ts'
import {
  copyPath,
  doubted,
  entryRefused,
  makeDirectory,
  movePath,
  pathIn,
  readable,
  worse,
} from '../../operations.ts'
import type { ShellValue } from '../../types.ts'
import type { Call, Outcome, World } from '../model.ts'
import { defineCommand, maybe, ok } from '../model.ts'
import { at, eachPath } from './operands.ts'
import { processOwned, unpackedInto } from './unlisted.ts'

/** The working directory, where it is known. */
export function here(world: World): string | undefined {
  return world.cwd.certainty === 'unknown' ? undefined : world.cwd.value
}

/** The folder must be there, and be writable where the archive holds anything for it. */
export function mayPutInto(
  call: Call,
  folder: string,
  word: ShellValue | undefined,
  exitCode: number,
): Outcome {
  const { world } = call
  const found = find(world.state.files, folder)
  if (found.node.kind === 'missing') {
    const gone = readable(world, folder)
    return word ? at(gone, word, exitCode) : gone
  }
  const denied = entryRefused(world, folder, text`unpack into ${folder}`)
  return denied
    ? at(doubted(denied, 'likely'), word ?? { text: undefined, glob: false, range: call.nameRange }, exitCode)
    : ok
}

/** Info-ZIP unzip(1): what it unpacks is the process's own. */
export const unzip = defineCommand({
  names: ['unzip', 'jar', '7z', '7za', 'cpio', 'unrar'],
  options: {
    directory: '-d DIR',
    overwrite: '-o',
    quiet: '-q',
    never: '-n',
    list: '-l',
    pipe: '-p',
    test: '-t',
    junk: '-j',
    exclude: '-x',
  },
  run(call) {
    const { world, options } = call
    const [archive] = call.operands
    const path = archive?.text === undefined ? undefined : pathIn(world, archive.text)
    const read =
      call.name === 'unzip' && archive && path !== undefined && !archive.glob
        ? at(readable(world, path), archive, 9)
        : ok
    if (read.status === 'fail') return read
    if (call.name === 'unzip' && (options.has('list') || options.has('pipe') || options.has('test')))
      return read
    const word = options.word('directory')
    const folder = word ? (word.text === undefined ? undefined : pathIn(world, word.text)) : here(world)
    if (folder === undefined) return maybe
    if (word && find(world.state.files, folder).node.kind !== 'directory') {
      const made = at(makeDirectory(world, folder, { parents: true }), word, 2)
      if (made.status === 'fail') return made
    }
    const outcome = mayPutInto(call, folder, word, 50)
    if (outcome.status === 'fail') return outcome
    unpackedInto(world, folder, processOwned(world))
    world.writes.push(folder)
    return worse(read, worse(outcome, maybe))
  },
})

const endings: Readonly<Record<string, string>> = {
  gz: 'gz',
  bz2: 'bz2',
  xz: 'xz',
  zst: 'zst',
  lzma: 'lzma',
  tgz: 'tar',
  Z: 'Z',
}
const packers: Readonly<Record<string, string>> = {
  gzip: '.gz',
  bzip2: '.bz2',
  xz: '.xz',
  zstd: '.zst',
  lzma: '.lzma',
}

/** gzip(1) and its kin put `f` in the place of `f.gz` and the other way round; owner and mode go along. */
export const compress = defineCommand({
  names: [
    'gzip',
    'gunzip',
    'bzip2',
    'bunzip2',
    'xz',
    'unxz',
    'zstd',
    'unzstd',
    'lzma',
    'unlzma',
    'uncompress',
  ],
  options: {
    decompress: '-d --decompress --uncompress',
    stdout: '-c --stdout --to-stdout',
    keep: '-k --keep',
    force: '-f --force',
    quiet: '-q --quiet',
    verbose: '-v --verbose',
    recursive: '-r --recursive',
    test: '-t --test',
    output: '-o OUTPUT',
    threads: '-T --threads N',
    level: '-1 -2 -3 -4 -5 -6 -7 -8 -9',
    best: '--best',
    fast: '--fast',
  },
  run(call) {
    const { options, world } = call
    if (options.has('stdout') || options.has('test') || call.operands.length === 0) return maybe
    const unpacks = options.has('decompress') || call.name.startsWith('un') || call.name.includes('un')
    const keeps = options.has('keep') || call.name.includes('zst')
    return worse(
      maybe,
      eachPath(call, call.operands, (path) => {
        const ending = path.slice(path.lastIndexOf('.') + 1)
        const plain =
          endings[ending] === undefined
            ? path
            : path.slice(0, -ending.length - 1) + (ending === 'tgz' ? '.tar' : '')
        const target = unpacks ? plain : path + (packers[call.name] ?? '.gz')
        if (target === path) return maybe
        return keeps
          ? copyPath(world, path, target, { preserve: true, intoFolder: false })
          : movePath(world, path, target, { intoFolder: false })
      }),
    )
  },
})
