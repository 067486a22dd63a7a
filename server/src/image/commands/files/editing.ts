import { knownValue, lowered } from '../../../known.ts'
import { text } from '../../../l10n/index.ts'
import { find, join, nameOf, nodeAt, parentOf, put } from '../../files.ts'
import {
  copyPath,
  entryRefused,
  failure,
  pathIn,
  readable,
  setFiles,
  stickyRefused,
  worse,
  writeFile,
} from '../../operations.ts'
import type { FileNode } from '../../types.ts'
import type { Call, Outcome, World } from '../model.ts'
import { codeInDoubt, defineCommand, maybe, ok } from '../model.ts'
import { mayHaveFilled } from '../tools/unmodelled.ts'
import { doubtEverywhere } from './doubt.ts'
import { at, eachPath, flavour } from './operands.ts'
import { mayWriteInto } from './unlisted.ts'

const sedOptions = {
  inPlace: '-i --in-place [SUFFIX]',
  expression: '-e --expression SCRIPT',
  scriptFile: '-f --file FILE',
  flags:
    '-n --quiet --silent -E -r --regexp-extended -s --separate -u -z --null-data --posix --follow-symlinks --debug',
  length: '-l --line-length N',
}

/**
 * sed(1). With -i it writes a new file beside the old one and renames it: the folder must be writable, owner (as
 * root) and mode stay. Exit 4 in GNU sed. container-facts run-as-user-sed-in-place.
 */
export const sed = defineCommand({
  names: ['sed', 'gsed'],
  options: sedOptions,
  run(call) {
    const { options, operands, world } = call
    const files = options.has('expression') || options.has('scriptFile') ? operands : operands.slice(1)
    if (!options.has('inPlace'))
      return eachPath(
        call,
        files.filter(({ text }) => text !== '-'),
        (path) => readable(world, path),
        { exitCode: 2 },
      )
    const isGnu = flavour(world) !== 'busybox'
    // GNU's goes on after a file that it cannot read, and ends with 2; one that it cannot write ends it with 4.
    let unwritable = false
    let mayBeUnread = false
    const edit = (path: string): Outcome => {
      const read = readable(world, path)
      const outcome = editInPlace(call, path)
      unwritable ||= outcome.status === 'fail' && read.status !== 'fail'
      mayBeUnread ||= read.status === 'maybe'
      return outcome
    }
    const outcome = eachPath(call, files, edit, {
      exitCode: isGnu ? 4 : 1,
      anywhere: () => doubtEverywhere(world, ['owner'], 'likely'),
    })
    const ended = isGnu && !unwritable ? endingWith(outcome, 2) : outcome
    return worse(options.uncertain ? maybe : ok, isGnu && mayBeUnread ? codeInDoubt(ended) : ended)
  },
})

function endingWith(outcome: Outcome, exitCode: number): Outcome {
  if (outcome.status !== 'fail') return outcome
  const { failure: why } = outcome
  return { ...outcome, exitCode, ...(why ? { failure: { ...why, exitCode } } : {}) }
}

/** perl -i works the same way; other perl is a program of the application's own. */
export const perl = defineCommand({
  names: ['perl'],
  run(call) {
    const { world, args } = call
    const inPlace = args.some(
      ({ text }) => text !== undefined && /^-[a-zA-Z0]*i/.test(text) && !text.startsWith('-M'),
    )
    const code = args.findIndex(({ text }) => text !== undefined && /^-[a-zA-Z0]*[eE]$/.test(text))
    if (args.every(({ text }) => text === '-v' || text === '--version')) return maybe
    if (inPlace && code >= 0)
      return worse(
        maybe,
        eachPath(call, args.slice(code + 2), (path) => editInPlace(call, path)),
      )
    mayHaveFilled(world, true)
    return maybe
  },
})

function editInPlace(call: Call, path: string): Outcome {
  const { world } = call
  const read = readable(world, path)
  if (read.status === 'fail') return read
  const found = find(world.state.files, path, false)
  const target = found.node.kind === 'link' ? find(world.state.files, path) : found
  if (target.node.kind === 'directory')
    return failure(world, 'other', target.node.exists, text`${path} is a folder: it cannot be edited.`, {
      path,
    })
  const folder = nodeAt(world.state.files, parentOf(found.path))
  const denied =
    entryRefused(world, parentOf(found.path), text`edit ${path}`) ??
    stickyRefused(world, folder, found.node, found.path, text`edit ${path}`)
  if (denied?.status === 'fail') return denied
  const { content: _old, ...rest } = target.node
  const root = world.identity.uid.certainty === 'certain' && world.identity.uid.value === 0
  const node: FileNode = {
    ...rest,
    kind: 'file',
    exists: 'certain',
    because: [...rest.because.slice(-3), world.origin],
    ...(root ? {} : { owner: world.identity.uid, group: groupKept(world, rest.group) }),
  }
  setFiles(world, put(world.state.files, found.path, node))
  world.writes.push(found.path)
  return worse(read, denied ?? ok)
}

/** The new file gets the old one's group where the process is in it. */
function groupKept(world: World, group: FileNode['group']): FileNode['group'] {
  const groups = knownValue(world.identity.groups)
  const old = knownValue(group)
  if (groups === undefined || old === undefined) return lowered(world.identity.gid)
  return groups.includes(old) ? group : world.identity.gid
}

/** patch(1) rewrites files of the working directory, or of -d. */
export const patch = defineCommand({
  names: ['patch'],
  options: {
    directory: '-d --directory DIR',
    input: '-i --input FILE',
    strip: '-p --strip N',
    output: '-o --output FILE',
    reject: '-r FILE',
  },
  run(call) {
    const { world, options } = call
    const folder = pathIn(world, options.value('directory') ?? '.')
    mayWriteInto(world, folder)
    const [file] = call.operands
    const path = file?.text === undefined ? undefined : pathIn(world, file.text)
    return worse(maybe, file && path !== undefined ? at(editInPlace(call, path), file) : ok)
  },
})

/** rsync(1) between paths of the image: `source/` means what is in it. -a keeps owners as root. */
export const rsync = defineCommand({
  names: ['rsync'],
  options: {
    archive: '-a --archive',
    recursive: '-r --recursive',
    owner: '-o --owner',
    chown: '--chown SPEC',
    exclude: '--exclude PATTERN',
    include: '--include PATTERN',
    excludeFrom: '--exclude-from --include-from --files-from FILE',
    shell: '-e --rsh COMMAND',
    chmod: '--chmod CHMOD',
    flags: '-v -z -q -h -P -l -p -t -g -D -u -c -n -x -H -A -X -L -W -R -S',
  },
  run(call) {
    const { options, operands, world } = call
    const target = operands.at(-1)
    const path =
      target?.text === undefined || target.text.includes(':') ? undefined : pathIn(world, target.text)
    if (!target || path === undefined) return maybe
    const plain =
      !options.has('exclude') && !options.has('excludeFrom') && !options.has('chown') && !options.has('chmod')
    let outcome: Outcome = maybe
    for (const source of operands.slice(0, -1)) {
      const from =
        source.text === undefined || source.text.includes(':') || source.glob || !plain
          ? undefined
          : pathIn(world, source.text)
      if (from === undefined) {
        mayWriteInto(world, path)
        continue
      }
      const inside = source.text?.endsWith('/') || /(^|\/)\.$/.test(source.text ?? '')
      outcome = worse(
        outcome,
        at(
          copyPath(world, from, inside ? path : join(path, nameOf(from)), {
            recursive: true,
            preserve: options.has('archive'),
            preserveMode: true,
            intoFolder: false,
          }),
          source,
          23,
        ),
      )
    }
    return outcome
  },
})

/** ssh-keygen(1): a key pair at -f, or the host's keys with -A. */
export const sshKeygen = defineCommand({
  names: ['ssh-keygen'],
  options: {
    file: '-f FILE',
    all: '-A',
    type: '-t TYPE',
    bits: '-b BITS',
    comment: '-C TEXT',
    passphrase: '-N TEXT',
    old: '-P TEXT',
    quiet: '-q',
    print: '-y -l -B -F -R',
  },
  run(call) {
    const { world, options } = call
    if (options.has('all')) {
      const made = writeFile(world, '/etc/ssh/ssh_host_rsa_key', { mode: 0o600 })
      return made.status === 'fail' && made.failure?.reason === 'permission-denied' ? made : maybe
    }
    const file = options.word('file')
    const path = file?.text === undefined ? undefined : pathIn(world, file.text)
    if (!file || path === undefined || options.has('print')) return maybe
    return worse(
      at(writeFile(world, path, { mode: 0o600 }), file),
      at(writeFile(world, `${path}.pub`, { mode: 0o644 }), file),
    )
  },
})

/** openssl(1): what -out and -keyout name. A private key is 0600. */
export const openssl = defineCommand({
  names: ['openssl'],
  run(call) {
    const { world, args } = call
    let outcome: Outcome = ok
    const command = args[0]?.text
    args.forEach((word, index) => {
      const target = args[index + 1]
      if ((word.text !== '-out' && word.text !== '-keyout') || !target) return
      const path = target.text === undefined ? undefined : pathIn(world, target.text)
      const isKey = word.text === '-keyout' || /^gen(rsa|pkey|dsa)$/.test(command ?? '')
      outcome = worse(
        outcome,
        path === undefined ? maybe : at(writeFile(world, path, { mode: isKey ? 0o600 : 0o666 }), target),
      )
    })
    return outcome
  },
})
