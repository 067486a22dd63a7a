import type { Known } from '../../../known.ts'
import { text } from '../../../l10n/index.ts'
import { groupByGid, userByUid } from '../../accounts.ts'
import { describeIdentity, describeNode } from '../../describe.ts'
import { find, nodeAt, permits } from '../../files.ts'
import { failure, pathIn, readable, worse } from '../../operations.ts'
import type { FileNode, ShellValue } from '../../types.ts'
import type { Call, Outcome, World } from '../model.ts'
import { defineCommand, maybe, ok } from '../model.ts'
import { eachPath } from './operands.ts'

/** cat(1): what it prints is known where its files are; without files it hands its input on. container-facts run-as-user-cat-shadow. */
export const cat = defineCommand({
  names: ['cat'],
  options: { flags: '-A --show-all -b -e -E --show-ends -n --number -s -t -T --show-tabs -u -v' },
  run(call) {
    const { operands, options, world } = call
    if (operands.length === 0) return withOutput(ok, options.has('flags') ? undefined : call.stdin)
    const texts: (string | undefined)[] = []
    const outcome = eachPath(call, operands, (path, { written }) => {
      if (written === '-') {
        texts.push(call.stdin)
        return ok
      }
      texts.push(nodeAt(world.state.files, path).content)
      return contentsReadable(world, path)
    })
    const whole =
      options.has('flags') || outcome.status !== 'ok' || texts.includes(undefined)
        ? undefined
        : texts.join('')
    return withOutput(outcome, whole)
  },
})

function withOutput(outcome: Outcome, output: string | undefined): Outcome {
  return output === undefined ? outcome : { ...outcome, output }
}

/** open(2) lets folders be read, read(2) does not (EISDIR). */
function contentsReadable(world: World, path: string): Outcome {
  const outcome = readable(world, path)
  const { node } = find(world.state.files, path)
  if (outcome.status === 'fail' || node.kind !== 'directory') return outcome
  return failure(world, 'other', node.exists, text`${path} is a folder, not a file.`, {
    path,
    because: node.because,
  })
}

/** Programs that read files and print what they make of them. Options whose value is a word of its own are listed. */
const readers: readonly {
  readonly names: string
  readonly values?: string
  readonly leading?: number
  readonly exitCode?: number
  readonly miss?: 'fails'
  /** A folder among its files makes it fail, on every system. */
  readonly folder?: 'fails'
}[] = [
  { names: 'head tail', values: '-n --lines -c --bytes N', folder: 'fails' },
  { names: 'wc tac od base64', folder: 'fails' },
  {
    names:
      'nl rev hexdump xxd strings base32 cksum sum fold fmt paste column expand unexpand more less zcat xzcat bzcat',
  },
  { names: 'sort uniq', values: '-k --key -t --field-separator -o --output -S -T N', exitCode: 2 },
  { names: 'cut', values: '-d --delimiter -f --fields -c --characters -b --bytes N' },
  {
    names: 'md5sum sha1sum sha224sum sha256sum sha384sum sha512sum b2sum',
    miss: 'fails',
    folder: 'fails',
  },
  {
    names: 'grep egrep fgrep zgrep',
    values: '-e --regexp -f --file -m --max-count -A -B -C --context --include --exclude --exclude-dir -d P',
    leading: 1,
    exitCode: 2,
    miss: 'fails',
  },
  { names: 'awk gawk mawk nawk', values: '-v -F -f V', leading: 1, exitCode: 2 },
  { names: 'jq yq', values: '--arg --argjson --slurpfile --indent V', leading: 1, exitCode: 2 },
  { names: 'diff cmp comm join', miss: 'fails', exitCode: 2 },
  { names: 'file ldd readelf nm objdump' },
]

/** grep, head, sort … : needs to read its files; what it prints we do not work out. */
export const readerCommands = readers.map(({ names, values, leading = 0, exitCode = 1, miss, folder }) =>
  defineCommand({
    names: names.split(' '),
    ...(values ? { options: { value: values } } : {}),
    run(call) {
      // A script or pattern comes first, unless an option gave it.
      const given = call.args.some(({ text }) => text !== undefined && /^(-e|--regexp|-f|--file)/.test(text))
      const files = call.operands.slice(given ? 0 : leading)
      const outcome = eachPath(
        call,
        files.filter(({ text }) => text !== '-'),
        (path) => (folder ? contentsReadable(call.world, path) : readable(call.world, path)),
        { exitCode },
      )
      // A reader whose standard error goes nowhere may well be a question (`grep -q x file || …`).
      return worse(miss || call.options.unknown.length > 0 ? maybe : ok, outcome)
    },
  }),
)

/** ls(1): exit 2 where a path is missing or a folder may not be read. container-facts run-as-user-ls-root. */
export const ls = defineCommand({
  names: ['ls', 'dir', 'vdir', 'tree'],
  options: {
    directory: '-d --directory',
    ignore: '-I --ignore PATTERN',
    width: '-w --width N',
    format: '--format WORD',
    sort: '--sort WORD',
  },
  run(call) {
    const words: readonly ShellValue[] =
      call.operands.length > 0 ? call.operands : [{ text: '.', glob: false, range: call.nameRange }]
    const outcome = eachPath(call, words, (path) => listed(call.world, path, call.options.has('directory')), {
      exitCode: 2,
    })
    return withOutput(outcome, namesOf(call, words))
  },
})

/** What ls prints of plain files, one a line where nobody watches; folders it lists, which we do not. */
function namesOf(call: Call, words: readonly ShellValue[]): string | undefined {
  if (call.args.length !== words.length || call.operands.length === 0) return undefined
  const names: string[] = []
  for (const { text, glob } of words) {
    const path = text === undefined || glob ? undefined : pathIn(call.world, text)
    if (path === undefined) return undefined
    const { node } = find(call.world.state.files, path)
    if (node.exists !== 'certain' || (node.kind !== 'file' && node.kind !== 'missing')) return undefined
    if (node.kind === 'file') names.push(`${text}\n`)
  }
  return names.sort().join('')
}

function listed(world: World, path: string, itself: boolean): Outcome {
  const found = find(world.state.files, path)
  if (found.node.kind === 'directory' && !itself) return readable(world, path)
  return seen(world, path)
}

/** lstat(2): only the folders on the way must be searchable. */
export function seen(world: World, path: string): Outcome {
  const found = find(world.state.files, path, false)
  for (const { path: at, node } of found.ancestors) {
    const may = permits(node, world.identity, 'execute')
    if (may.certainty !== 'unknown' && !may.value)
      return failure(
        world,
        'permission-denied',
        may.certainty,
        text`${describeIdentity(world.identity)} may not enter ${at}, which ${describeNode(node, world.state.accounts)}. Permission denied.`,
        { path: at, because: node.because },
      )
  }
  if (found.node.kind === 'missing')
    return failure(world, 'other', found.node.exists, text`${path} does not exist here.`, {
      path,
      because: found.node.because,
    })
  return found.node.kind === 'unknown' || found.node.exists !== 'certain' ? maybe : ok
}

/** stat(1), and du(1) which looks into folders. */
export const stat = defineCommand({
  names: ['stat', 'getfacl', 'lsattr', 'namei', 'du'],
  options: { format: '-c --format --printf FORMAT', follow: '-L --dereference', depth: '--max-depth N' },
  run(call) {
    const outcome = eachPath(call, call.operands, (path) => seen(call.world, path))
    return call.name === 'stat' && outcome.status === 'ok' ? withOutput(outcome, attributesOf(call)) : outcome
  },
})

/** `stat -c '%u:%g:%a %n'`, where every part is known for certain. */
function attributesOf(call: Call): string | undefined {
  const { world, operands, options } = call
  const format = options.value('format')
  if (format === undefined || call.args.some(({ text }) => text?.startsWith('--printf'))) return undefined
  let output = ''
  for (const { text, glob } of operands) {
    const path = text === undefined || glob ? undefined : pathIn(world, text)
    if (path === undefined) return undefined
    const { node } = find(world.state.files, path, options.has('follow'))
    let known = true
    output += format.replace(/%(.)/g, (_, letter: string) => {
      const value = letter === 'n' ? text : directive(letter, node, world)
      known &&= value !== undefined
      return value ?? ''
    })
    if (!known) return undefined
    output += '\n'
  }
  return output
}

const kinds: Readonly<Partial<Record<FileNode['kind'], string>>> = {
  directory: 'directory',
  link: 'symbolic link',
}

function directive(letter: string, node: FileNode, { state }: World): string | undefined {
  const certainly = (known: Known<number>) => (known.certainty === 'certain' ? known.value : undefined)
  const [owner, group, mode] = [certainly(node.owner), certainly(node.group), certainly(node.mode)]
  switch (letter) {
    case 'u':
      return owner?.toString()
    case 'g':
      return group?.toString()
    case 'a':
      return mode?.toString(8)
    case 'U':
      return owner === undefined ? undefined : userByUid(state.accounts, owner)?.name
    case 'G':
      return group === undefined ? undefined : groupByGid(state.accounts, group)?.name
    case 'F':
      return kinds[node.kind]
    case '%':
      return '%'
    default:
      return undefined
  }
}

const printedPath = (call: Call, of: (path: string) => string | undefined): Outcome => {
  const [word] = call.operands
  if (call.operands.length !== 1 || word?.text === undefined || word.glob) return maybe
  const text = of(word.text)
  return text === undefined ? maybe : { status: 'ok', output: `${text}\n` }
}

/** readlink -f and realpath(1) follow links, where the tree knows them. */
export const realpath = defineCommand({
  names: ['realpath', 'readlink'],
  options: {
    canonicalize: '-f --canonicalize',
    existing: '-e --canonicalize-existing',
    missing: '-m --canonicalize-missing',
    noNewline: '-n --no-newline',
    relative: '--relative-to --relative-base DIR',
    quiet: '-q -s --quiet --silent --strip -v -z',
  },
  run(call) {
    const { options, world } = call
    if (
      call.name === 'readlink' &&
      !options.has('canonicalize') &&
      !options.has('existing') &&
      !options.has('missing')
    )
      return printedPath(call, (text) => {
        const path = pathIn(world, text)
        const node = path === undefined ? undefined : find(world.state.files, path, false).node
        return node?.kind === 'link' && node.exists === 'certain' ? node.target : undefined
      })
    if (options.has('relative') || options.unknown.length > 0) return maybe
    return printedPath(call, (text) => {
      const path = pathIn(world, text)
      if (path === undefined) return undefined
      const found = find(world.state.files, path)
      // A part that we do not know may be a link.
      const known = [...found.ancestors.map(({ node }) => node), found.node].every(
        (node) => node.kind === 'directory' || node.kind === 'file',
      )
      return known ? found.path : undefined
    })
  },
})

/** basename(1) and dirname(1): pure text. */
export const basename = defineCommand({
  names: ['basename'],
  run(call) {
    const [path, suffix] = call.operands
    if (path?.text === undefined || (suffix && suffix.text === undefined) || call.operands.length > 2)
      return { status: 'ok' }
    const text = path.text.replace(/\/+$/, '') || '/'
    const name = text === '/' ? '/' : text.slice(text.lastIndexOf('/') + 1)
    const ending = suffix?.text ?? ''
    return {
      status: 'ok',
      output: `${ending !== '' && name !== ending && name.endsWith(ending) ? name.slice(0, -ending.length) : name}\n`,
    }
  },
})
export const dirname = defineCommand({
  names: ['dirname'],
  run(call) {
    const [path] = call.operands
    if (path?.text === undefined || call.operands.length > 1) return { status: 'ok' }
    const text = path.text.replace(/\/+$/, '')
    const cut = text.lastIndexOf('/')
    return {
      status: 'ok',
      output: `${cut < 0 ? (path.text.startsWith('/') ? '/' : '.') : text.slice(0, cut).replace(/\/+$/, '') || '/'}\n`,
    }
  },
})
