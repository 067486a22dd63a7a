import { isCertainly } from '../../../known.ts'
import { find, nodeAt, put } from '../../files.ts'
import { openedFolders } from '../../opened.ts'
import { makeDirectory, pathIn, readable, setFiles, worse, writeFile } from '../../operations.ts'
import type { ArchiveEntry, ShellValue } from '../../types.ts'
import type { Call, Options, OptionTable, Outcome, World } from '../model.ts'
import { defineCommand, maybe, ok } from '../model.ts'
import { readOptions } from '../options.ts'
import { here, mayPutInto } from './archives.ts'
import { doubtBelow } from './doubt.ts'
import { at, eachPath, flavour, operandPaths } from './operands.ts'
import { exitCodeOf, unpackMembers } from './tar-members.ts'
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
  noSamePermissions: '--no-same-permissions',
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
 * GNU tar(1), BusyBox's tar. As root it gives what it unpacks the owners of the archive, for others their own
 * (container-facts run-tar-owner, run-tar-names).
 */
export const tar = defineCommand({
  names: ['tar', 'bsdtar', 'gtar'],
  run(call) {
    const { options, operands } = readOptions({ options: tarOptions }, withDashes(call.args))
    const { world } = call
    const exitCode = exitCodeOf(world)
    const folderWord = options.word('directory')
    const folder = folderWord
      ? folderWord.text === undefined
        ? undefined
        : pathIn(world, folderWord.text)
      : here(world)
    const archive = options.word('file')
    const path = archive?.text === '-' ? undefined : archivePath(call, archive)
    if (options.has('extract')) {
      const read =
        path === undefined || archive === undefined ? ok : at(readable(world, path), archive, exitCode)
      if (read.status === 'fail' || options.has('toStdout')) return read
      const known = path === undefined ? undefined : nodeAt(world.state.files, path).archive?.()
      return worse(read, unpackTar(call, options, { folder, members: operands, known, path }))
    }
    if (!options.has('create') || path === undefined || archive === undefined) return maybe
    const missing = eachPath(
      { ...call, options, operands },
      operands,
      (source) => (folderWord ? ok : readable(world, source)),
      { exitCode },
    )
    const written = at(writeFile(world, path), archive, exitCode)
    return worse(written, missing.status === 'fail' ? missing : maybe)
  },
})

/** The archive that a word names; a pattern that means one file for certain is that file. */
function archivePath(call: Call, word: ShellValue | undefined): string | undefined {
  if (word?.text === undefined) return undefined
  if (!word.glob) return pathIn(call.world, word.text)
  const { paths, unlistedIn, anywhere } = operandPaths(call, word)
  const [only] = paths
  return paths.length === 1 && unlistedIn.length === 0 && !anywhere && only?.certainty === 'certain'
    ? only.path
    : undefined
}

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

interface Unpacked {
  readonly folder: string | undefined
  readonly members: readonly ShellValue[]
  /** What the archive holds, where that is known. */
  readonly known: readonly ArchiveEntry[] | undefined
  readonly path: string | undefined
}

function unpackTar(call: Call, options: Options, { folder, members, known, path }: Unpacked): Outcome {
  const { world } = call
  if (folder === undefined) return maybe
  const found = find(world.state.files, folder)
  if (known && found.node.kind === 'directory') {
    const done = unpackMembers(call, options, found.path, known, members)
    if (done) return isReadable(world, options, path) ? done : worse(maybe, done)
  }
  const outcome = mayPutInto(call, folder, options.word('directory'), exitCodeOf(world))
  if (outcome.status === 'fail') return outcome
  unpackUnknown(world, options, folder, members)
  return worse(outcome, maybe)
}

/** Plain archives and gzip need no further program, if the options say what the name says; not every BusyBox sees gzip by itself. */
function isReadable(world: World, options: Options, path = ''): boolean {
  const zipped = /\.t?gz$/.test(path)
  if (['bzip2', 'xz', 'zstd'].some((key) => options.has(key))) return false
  return options.has('gzip') ? zipped : /\.tar$/.test(path) || (zipped && flavour(world) === 'gnu')
}

function unpackUnknown(world: World, options: Options, folder: string, members: readonly ShellValue[]): void {
  const keepsOwners =
    (isCertainly(world.identity.uid, 0) || options.has('sameOwner')) &&
    !(options.has('noSameOwner') && !options.has('sameOwner'))
  const top = options.value('oneTopLevel')
  const target =
    top !== undefined && !top.startsWith('-')
      ? pathIn({ ...world, cwd: { certainty: 'certain', value: folder, because: [] } }, top)
      : folder
  if (target !== undefined && target !== folder) makeDirectory(world, target, { parents: true })
  if (members.length === 0) ownAttributesDoubtful(world, target ?? folder)
  if (target !== undefined) {
    // What is there already may be in the archive, and gets its owner and mode.
    doubtBelow(world, target, ['owner', 'group', 'mode'], 'likely', true)
    const unlisted = keepsOwners ? anybodys(world) : processOwned(world)
    unpackedInto(world, target, unlisted)
    const found = find(world.state.files, target)
    setFiles(world, put(world.state.files, found.path, openedFolders(found.node, unlisted)))
  }
  world.writes.push(target ?? folder)
}
