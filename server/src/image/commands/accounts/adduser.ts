import { text } from '../../../l10n/index.ts'
import { readProgram } from '../../programs.ts'
import type { Call, CommandModel, OptionTable, Outcome, World } from '../model.ts'
import { defineCommand } from '../model.ts'
import { readOptions } from '../options.ts'
import {
  busyboxAddgroup,
  busyboxAddgroupOptions,
  busyboxAdduser,
  busyboxAdduserOptions,
  busyboxDeluser,
  busyboxDeluserOptions,
} from './adduser-busybox.ts'
import { adduserOptions, debianAdduser, debianDeluser, deluserOptions } from './adduser-debian.ts'
import { somebodyUnknownAdded, somebodyUnknownChanged } from './effects.ts'
import { familyOf } from './login-defs.ts'
import { runUseradd, useraddOptions } from './shadow-users.ts'

/** adduser, addgroup, deluser, delgroup are other programs on every system: this chooses. */

type Dialect = 'debian' | 'busybox' | 'shadow-alias' | 'unknown'

function dialectOf(world: World): Dialect {
  const adduser = world.base?.tools.adduser
  if (adduser === 'debian' || adduser === 'busybox' || adduser === 'shadow-alias') return adduser
  switch (familyOf(world)) {
    case 'debian':
    case 'ubuntu':
      return 'debian'
    case 'alpine':
      return 'busybox'
    case 'rhel':
      return 'shadow-alias'
    default:
      return 'unknown'
  }
}

/** What the words look like, where the system is not known. */
function guess(call: Call): Exclude<Dialect, 'unknown'> {
  const words = call.args.map(({ text }) => text ?? '')
  // Debian's addgroup knows neither, shadow has none.
  if (call.name === 'addgroup' && words.some((word) => /^-[gS]$/.test(word))) return 'busybox'
  if (words.some((word) => /^-[DSHhGu]/.test(word))) {
    return words.some((word) => /^-[mrMNdgco]/.test(word)) ? 'shadow-alias' : 'busybox'
  }
  return words.some((word) => /^-[mrMNdsc]/.test(word)) ? 'shadow-alias' : 'debian'
}

type Programs = Readonly<
  Record<Exclude<Dialect, 'unknown'>, { options: OptionTable; run: (call: Call) => Outcome }>
>

const notThere = (call: Call): Outcome => ({
  status: 'maybe',
  failure: {
    reason: 'command-not-found',
    certainty: 'likely',
    message: text`\`${call.name}\` is not part of this system.`,
    range: call.nameRange,
    because: [],
    exitCode: 127,
  },
})

const programs: Readonly<Record<string, Programs>> = {
  adduser: {
    debian: { options: adduserOptions, run: debianAdduser },
    busybox: { options: busyboxAdduserOptions, run: busyboxAdduser },
    'shadow-alias': { options: useraddOptions, run: runUseradd },
  },
  addgroup: {
    debian: { options: adduserOptions, run: debianAdduser },
    busybox: { options: busyboxAddgroupOptions, run: busyboxAddgroup },
    'shadow-alias': { options: {}, run: notThere },
  },
  deluser: {
    debian: { options: deluserOptions, run: debianDeluser },
    busybox: { options: busyboxDeluserOptions, run: busyboxDeluser },
    'shadow-alias': { options: {}, run: notThere },
  },
  delgroup: {
    debian: { options: deluserOptions, run: debianDeluser },
    busybox: { options: busyboxDeluserOptions, run: busyboxDeluser },
    'shadow-alias': { options: {}, run: notThere },
  },
}

function runDialect(call: Call): Outcome {
  const dialect = dialectOf(call.world)
  const known = dialect === 'unknown' ? guess(call) : dialect
  const program = programs[call.name]?.[known]
  if (!program) return { status: 'maybe' }
  // Perl's Getopt::Long knows no bundles and takes `-home` for `--home`.
  const { options, operands } = readOptions(
    { options: program.options, singleDash: known === 'debian' },
    call.args,
  )
  const outcome = program.run({ ...call, options, operands })
  if (dialect !== 'unknown' || outcome.status === 'ok') return outcome
  // The program that is really there may well do what the guessed one refuses.
  if (call.name.startsWith('add')) somebodyUnknownAdded(call.world)
  else somebodyUnknownChanged(call.world)
  return {
    status: 'maybe',
    ...(outcome.failure ? { failure: { ...outcome.failure, certainty: 'possible' as const } } : {}),
  }
}

export const adduserCommands: readonly CommandModel[] = Object.keys(programs).map((name) =>
  defineCommand({ names: [name], absent: (world) => readProgram(world, name) === 'absent', run: runDialect }),
)
