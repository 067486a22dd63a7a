import type { Known } from '../../../known.ts'
import { certain, unknown } from '../../../known.ts'
import type { ShellValue } from '../../types.ts'
import type { Call, CommandModel, OptionTable, Outcome } from '../model.ts'
import { defineCommand, maybe } from '../model.ts'
import { runAs } from './become.ts'
import { lookUp } from './printing.ts'

/** Programs that run their operands as a command, as the same user. */

/** env(1): variables for the command; without one it prints them. */
const env = defineCommand({
  names: ['env'],
  stopAtOperand: true,
  options: {
    ignore: '-i --ignore-environment',
    unset: '-u --unset NAME',
    chdir: '-C --chdir DIR',
    split: '-S --split-string TEXT',
    null: '-0 --null',
    verbose: '-v --debug',
    signals: '--block-signal --default-signal --ignore-signal [SIGNAL]',
  },
  run(call) {
    const { options, world } = call
    if (options.has('split')) return maybe
    let argv = call.operands[0]?.text === '-' ? call.operands.slice(1) : call.operands
    const environment = new Map<string, Known<string>>()
    for (; argv[0]?.text !== undefined && /^[^=]+=/.test(argv[0].text); argv = argv.slice(1)) {
      const { text } = argv[0]
      const equals = text.indexOf('=')
      environment.set(text.slice(0, equals), certain(text.slice(equals + 1)))
    }
    if (argv.length === 0) return { status: 'ok' }
    const chdir = options.value('chdir')
    return runAs(
      call,
      {
        identity: world.identity,
        environment,
        clean: options.has('ignore') || call.operands[0]?.text === '-',
        ...(options.has('chdir') ? { cwd: chdir === undefined ? unknown() : certain(chdir) } : {}),
      },
      (inner) => {
        for (const { text } of options.all('unset')) if (text !== undefined) inner.variables.delete(text)
        return call.runArgv(argv, inner)
      },
    )
  },
})

/** `command` runs a program, never a function; -v only looks for it. */
const command = defineCommand({
  names: ['command'],
  stopAtOperand: true,
  options: { look: '-v -V', path: '-p' },
  run: (call) =>
    call.options.has('look')
      ? lookUp(call.operands, call.world)
      : call.operands.length === 0
        ? { status: 'ok', output: '' }
        : call.runArgv(call.operands, call.world),
})

interface Wrapper {
  readonly names: string
  readonly options?: OptionTable
  /** Operands before the command: timeout's duration, flock's file. */
  readonly skip?: number
  /** The command may be ended or its failure hidden. */
  readonly doubtful?: boolean
}

const wrappers: readonly Wrapper[] = [
  {
    names: 'nohup setsid builtin exec',
    options: { flags: '-c -w -f --ctty --wait --fork -l', name: '-a NAME' },
  },
  { names: 'nice', options: { adjustment: '-n --adjustment N', number: '-0 -1 -2 -3 -4 -5 -6 -7 -8 -9' } },
  { names: 'ionice', options: { class: '-c --class N', data: '-n --classdata N', ignore: '-t --ignore' } },
  {
    names: 'chrt',
    options: { flags: '-b --batch -f --fifo -i --idle -o --other -r --rr -d --deadline -R' },
    skip: 1,
  },
  { names: 'taskset', options: { list: '-c --cpu-list', all: '-a' }, skip: 1 },
  {
    names: 'numactl',
    options: {
      policy: '--interleave --membind --cpunodebind --preferred -i -m -N -p N',
      local: '--localalloc -l',
    },
  },
  {
    names: 'timeout',
    options: {
      kill: '-k --kill-after N',
      signal: '-s --signal SIGNAL',
      foreground: '--foreground --preserve-status -v --verbose',
      old: '-t N',
    },
    skip: 1,
  },
  {
    names: 'time',
    options: {
      portable: '-p --portability -v --verbose -a --append',
      format: '-f --format -o --output TEXT',
    },
  },
  { names: 'stdbuf', options: { input: '-i --input -o --output -e --error MODE' } },
  {
    names: 'dumb-init',
    options: { child: '-c --single-child -v --verbose', rewrite: '-r --rewrite SIGNALS' },
  },
  {
    names: 'tini tini-static docker-init catatonit',
    options: { group: '-g -s -v -w -P', signal: '-p -e VALUE' },
  },
  {
    names: 'flock',
    options: {
      flags: '-e -x --exclusive -s --shared -n --nonblock -u -o --close',
      wait: '-w --timeout -E N',
    },
    skip: 1,
  },
  { names: 'fakeroot', options: { files: '-l --lib -s -i -b --faked FILE', unknown: '-u' } },
  {
    names: 'xvfb-run',
    options: {
      auto: '-a --auto-servernum -l --listen-tcp',
      number: '-n --server-num -s --server-args -e -f -p -w TEXT',
    },
  },
  { names: 'linux32 linux64 setarch', options: { flags: '-R -v -B -F -I -L -S -T -X -Z' } },
  { names: 'strace ltrace', options: { follow: '-f -ff -v -c', file: '-o -e -s -p VALUE' } },
  { names: 'busybox toybox' },
  { names: 'unshare nsenter', options: { flags: '-m -u -i -n -p -U -C -r --fork -f' }, doubtful: true },
  { names: 'catchsegv eatmydata faketime ts' },
  { names: 'with-contenv execlineb' },
]

const simple = wrappers.map(({ names, options, skip = 0, doubtful }) =>
  defineCommand({
    names: names.split(' '),
    stopAtOperand: true,
    ...(options ? { options } : {}),
    run(call) {
      const argv = call.operands.slice(skip)
      if (argv.length === 0) return { status: 'ok' }
      const outcome = call.runArgv(withoutDashes(argv), call.world)
      return doubtful && outcome.status !== 'ok' ? maybe : outcome
    },
  }),
)

const withoutDashes = (argv: readonly ShellValue[]) => (argv[0]?.text === '--' ? argv.slice(1) : argv)

/** xargs(1): words of its input become arguments. Exit 123 where a command failed. */
const xargs = defineCommand({
  names: ['xargs'],
  stopAtOperand: true,
  options: {
    null: '-0 --null',
    file: '-a --arg-file FILE',
    delimiter: '-d --delimiter D',
    eof: '-E TEXT',
    replace: '-I --replace TEXT',
    replaceDefault: '-i [TEXT]',
    lines: '-L --max-lines N',
    count: '-n --max-args N',
    parallel: '-P --max-procs N',
    interactive: '-p --interactive',
    noRunIfEmpty: '-r --no-run-if-empty',
    size: '-s --max-chars N',
    trace: '-t --verbose',
    exit: '-x --exit',
  },
  run(call) {
    const { options, operands, world } = call
    const argv: readonly ShellValue[] =
      operands.length > 0 ? operands : [{ text: 'echo', glob: false, range: call.nameRange }]
    const items = itemsOf(call)
    const range = call.range
    if (!items) {
      const some: ShellValue = { text: undefined, glob: true, range }
      const place = options.value('replace') ?? (options.has('replaceDefault') ? '{}' : undefined)
      const words =
        place === undefined ? [...argv, some] : argv.map((word) => (word.text?.includes(place) ? some : word))
      const outcome = call.runArgv(words, world)
      // Perhaps there is nothing to do at all.
      return outcome.status === 'fail'
        ? {
            status: 'maybe',
            ...(outcome.failure ? { failure: { ...outcome.failure, certainty: 'possible' } } : {}),
          }
        : outcome
    }
    if (items.length === 0 && options.has('noRunIfEmpty')) return { status: 'ok', output: '' }
    return runAll(call, argv, items)
  },
})

function itemsOf(call: Call): readonly string[] | undefined {
  const { options, stdin } = call
  if (stdin === undefined || options.has('file') || options.has('eof')) return undefined
  if (options.has('null')) return stdin.split('\0').filter((item) => item !== '')
  const delimiter = options.value('delimiter')
  if (options.has('delimiter'))
    return delimiter === undefined
      ? undefined
      : stdin.split(delimiter === '\\n' ? '\n' : delimiter).filter((item) => item !== '')
  if (options.has('replace') || options.has('replaceDefault'))
    return stdin
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
  return /["'\\]/.test(stdin) ? undefined : stdin.split(/\s+/).filter((item) => item !== '')
}

const mostRuns = 200

/** A program that is not there ends it with 127, one that ends with 255 with 124, any other that fails with 123. */
function exitOfXargs(outcome: Outcome): Outcome {
  if (outcome.status !== 'fail') return outcome
  const { failure } = outcome
  const own = outcome.exitCode ?? failure?.exitCode
  const isMissing = failure?.reason === 'command-not-found' && own === 127
  const exitCode = isMissing ? 127 : own === 255 ? 124 : 123
  return { ...outcome, exitCode, ...(failure ? { failure: { ...failure, exitCode } } : {}) }
}

function runAll(call: Call, argv: readonly ShellValue[], items: readonly string[]): Outcome {
  const { options, world, range } = call
  const asWord = (text: string): ShellValue => ({ text, glob: false, range })
  const place =
    options.value('replace') ??
    (options.has('replaceDefault') ? options.value('replaceDefault')?.replace(/^-.*/, '') || '{}' : undefined)
  const size = Number(options.value('count') ?? options.value('lines') ?? (items.length || 1))
  let result: Outcome = { status: 'ok', output: '' }
  const add = (outcome: Outcome) => {
    const output =
      result.output === undefined || outcome.output === undefined ? undefined : result.output + outcome.output
    const worst =
      outcome.status === 'fail' || (outcome.status === 'maybe' && result.status === 'ok') ? outcome : result
    result = {
      ...(worst === outcome ? exitOfXargs(outcome) : worst),
      ...(output === undefined ? {} : { output }),
    }
  }
  if (place !== undefined) {
    for (const item of items.slice(0, mostRuns))
      add(
        call.runArgv(
          argv.map((word) =>
            word.text?.includes(place) ? { ...word, text: word.text.replaceAll(place, item) } : word,
          ),
          world,
        ),
      )
    return result
  }
  if (!Number.isInteger(size) || size < 1) return maybe
  for (let from = 0, runs = 0; from < Math.max(items.length, 1) && runs < mostRuns; from += size, runs++)
    add(call.runArgv([...argv, ...items.slice(from, from + size).map(asWord)], world))
  return result
}

export const wrapperCommands: readonly CommandModel[] = [env, command, ...simple, xargs]
