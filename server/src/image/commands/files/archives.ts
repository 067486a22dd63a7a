import { isCertainly } from '../../../known.ts'
import { find } from '../../files.ts'
import {
  copyPath,
  entryRefused,
  makeDirectory,
  movePath,
  pathIn,
  readable,
  worse,
  writeFile,
} from '../../operations.ts'
import type { ShellValue } from '../../types.ts'
import type { Call, Options, OptionTable, Outcome, World } from '../model.ts'
import { defineCommand, maybe, ok } from '../model.ts'
import { readOptions } from '../options.ts'
import { at, eachPath } from './operands.ts'
import { anybodys, ownAttributesDoubtful, processOwned, unpackedInto } from './unlisted.ts'

const tarOptions: OptionTable = {
  extract: '-x --extract --get',
  create: '-c --create',
  list: '-t --list',
  append: '-r --append',
  update: '-u --update',
  file: '-f --file ARCHIVE',
  directory: '-C --directory DIR',
  noSameOwner: '-o --no-same-owner',
  sameOwner: '--same-owner',
  owner: '--owner NAME',
  group: '--group NAME',
  numericOwner: '--numeric-owner',
  samePermissions: '-p --preserve-permissions --same-permissions',
  oneTopLevel: '--one-top-level [DIR]',
  toStdout: '-O --to-stdout',
  strip: '--strip-components --strip N',
  exclude: '--exclude PATTERN',
  excludeFrom: '-X --exclude-from FILE',
  filesFrom: '-T --files-from FILE',
  transform: '--transform --xform EXPRESSION',
  program: '-I --use-compress-program PROGRAM',
  mode: '--mode CHANGES',
  blocking: '-b --blocking-factor N',
  warning: '--warning KEYWORD',
  checkpoint: '--checkpoint [N]',
  gzip: '-z --gzip --gunzip --ungzip',
  bzip2: '-j --bzip2',
  xz: '-J --xz',
  zstd: '--zstd',
  auto: '-a --auto-compress',
  verbose: '-v --verbose',
  keep: '-k --keep-old-files',
  overwrite: '--overwrite',
  keepDirectory: '--keep-directory-symlink',
  noOverwriteDir: '--no-overwrite-dir',
  touch: '-m --touch',
  absolute: '-P --absolute-names',
  dereference: '-h --dereference',
  wildcards: '--wildcards',
}
const takesValue = 'fCbTXIgKNVLHF'

/**
 * GNU tar(1). As root it gives what it unpacks the owners of the archive, for others their own
 * (container-facts run-tar-owner, run-tar-names).
 */
export const tar = defineCommand({
  names: ['tar', 'bsdtar', 'gtar'],
  run(call) {
    const { options, operands } = readOptions({ options: tarOptions }, withDashes(call.args))
    const { world } = call
    const folderWord = options.word('directory')
    const folder = folderWord
      ? folderWord.text === undefined
        ? undefined
        : pathIn(world, folderWord.text)
      : here(world)
    const archive = options.word('file')
    const path = archive?.text === undefined || archive.text === '-' ? undefined : pathIn(world, archive.text)
    if (options.has('extract')) {
      const read = path === undefined || archive === undefined ? ok : at(readable(world, path), archive, 2)
      if (read.status === 'fail' || options.has('toStdout')) return read
      return worse(read, unpackTar(call, options, folder, operands))
    }
    if (!options.has('create') || path === undefined || archive === undefined) return maybe
    const missing = eachPath(
      { ...call, options, operands },
      operands,
      (source) => (folderWord ? ok : readable(world, source)),
      { exitCode: 2 },
    )
    const written = at(writeFile(world, path), archive, 2)
    return worse(written, missing.status === 'fail' ? missing : maybe)
  },
})

/** `tar xzf a.tgz`: the first word may leave out its dash, and its letters take their values in order. */
function withDashes(args: readonly ShellValue[]): readonly ShellValue[] {
  const [first, ...rest] = args
  const letters = first?.text
  if (first === undefined || letters === undefined || letters.startsWith('-') || !/^[A-Za-z]+$/.test(letters))
    return args
  const words: ShellValue[] = []
  const left = [...rest]
  for (const letter of letters) {
    words.push({ ...first, text: `-${letter}` })
    const value = takesValue.includes(letter) ? left.shift() : undefined
    if (value) words.push(value)
  }
  return [...words, ...left]
}

function here(world: World): string | undefined {
  return world.cwd.certainty === 'unknown' ? undefined : world.cwd.value
}

function unpackTar(
  call: Call,
  options: Options,
  folder: string | undefined,
  members: readonly ShellValue[],
): Outcome {
  const { world } = call
  if (folder === undefined) return maybe
  const keepsOwners =
    (isCertainly(world.identity.uid, 0) || options.has('sameOwner')) &&
    !(options.has('noSameOwner') && !options.has('sameOwner'))
  const outcome = mayPutInto(call, folder, options.word('directory'), 2)
  if (outcome.status === 'fail') return outcome
  const top = options.value('oneTopLevel')
  const target =
    top !== undefined && !top.startsWith('-')
      ? pathIn({ ...world, cwd: { certainty: 'certain', value: folder, because: [] } }, top)
      : folder
  if (target !== undefined && target !== folder) makeDirectory(world, target, { parents: true })
  if (members.length === 0) ownAttributesDoubtful(world, target ?? folder)
  if (target !== undefined) unpackedInto(world, target, keepsOwners ? anybodys(world) : processOwned(world))
  world.writes.push(target ?? folder)
  return worse(outcome, maybe)
}

/** The folder must be there and be writable. */
function mayPutInto(call: Call, folder: string, word: ShellValue | undefined, exitCode: number): Outcome {
  const { world } = call
  const found = find(world.state.files, folder)
  if (found.node.kind === 'missing') {
    const gone = readable(world, folder)
    return word ? at(gone, word, exitCode) : gone
  }
  const denied = entryRefused(world, folder, `unpack into ${folder}`)
  return denied ? at(denied, word ?? { text: undefined, glob: false, range: call.nameRange }, exitCode) : ok
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
