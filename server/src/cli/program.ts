import { Command, Option } from 'commander'
import { version } from '../version.ts'
import type { ExitCode } from './exit-code.ts'
import { formatOption, parseCount, parseSeconds, withCommonOptions } from './options.ts'
import type { Terminal } from './terminal.ts'

const findingFormats = ['text', 'json', 'sarif', 'github', 'gitlab', 'junit', 'checkstyle']
const plainFormats = ['text', 'json']
const pathsHelp = 'files, folders to search, or - for stdin (default: the current folder)'

/**
 * The command line. Commands are loaded when they are run: `--help` and `--version` wait for nothing.
 * @param finish takes the exit code of the command that ran
 */
export function createProgram(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  const program = new Command('unroot')
    .description(
      'Knows who runs at every line of a Dockerfile, what they may touch, and what breaks without root.',
    )
    .version(version)
    .showHelpAfterError('(run unroot --help, or unroot help COMMAND)')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })

  withCommonOptions(program.command('check'))
    .description('report findings')
    .argument('[path...]', pathsHelp)
    .addOption(formatOption(findingFormats))
    .action(async (paths, options) => {
      const { check } = await import('./commands/check.ts')
      finish(await check(paths, options, terminal))
    })

  withCommonOptions(program.command('fix'))
    .description('apply fixes: the safe ones, and others where asked for')
    .argument('[path...]', pathsHelp)
    .option('--suggestions', 'also fixes that change what the image does, as intended', false)
    .option('--unsafe', 'also fixes that may need more edits', false)
    .option('--rule <id>', 'only this rule; may be repeated', (id: string, ids: string[]) => [...ids, id], [])
    .option('--diff', 'print the changes instead of writing', false)
    .addOption(formatOption(plainFormats))
    .action(async (paths, options) => {
      const { fix } = await import('./commands/fix.ts')
      finish(await fix(paths, options, terminal))
    })

  withCommonOptions(program.command('harden'))
    .description('make the whole image run without root')
    .argument('[path...]', pathsHelp)
    .option('--diff', 'print the changes (default)')
    .option('--write', 'change the files', false)
    .option('--stdout', 'print the hardened file', false)
    .option('--report', 'print the run-time guidance too', false)
    .addOption(formatOption(plainFormats))
    .action(async (paths, options) => {
      const { harden } = await import('./commands/harden.ts')
      finish(await harden(paths, options, terminal))
    })

  withCommonOptions(program.command('explain'))
    .description('show who runs at every instruction and at run time')
    .argument('<file>', 'a Dockerfile, or - for stdin')
    .addOption(new Option('--line <n>', 'only the instruction at this line').argParser(parseCount))
    .option('--paths <list>', 'owner, mode and access of these paths: /app,/data')
    .addOption(formatOption(plainFormats))
    .action(async (file, options) => {
      const { explain } = await import('./commands/explain.ts')
      finish(await explain(file, options, terminal))
    })

  withCommonOptions(program.command('runtime'))
    .description('show how to run the image with as little power as it needs')
    .argument('<file>', 'a Dockerfile, or - for stdin')
    .addOption(new Option('--for <platform>', 'only this part').choices(['docker', 'compose', 'kubernetes']))
    .addOption(formatOption(plainFormats))
    .action(async (file, options) => {
      const { runtime } = await import('./commands/runtime.ts')
      finish(await runtime(file, options, terminal))
    })

  withCommonOptions(program.command('verify'))
    .description('build and run the image with the local engine, and compare it with the prediction')
    .argument('<file>', 'a Dockerfile, or - for stdin')
    .addOption(
      new Option('--engine <program>', 'engine to use (default: docker, else podman)').choices([
        'docker',
        'podman',
      ]),
    )
    .option('--network <name>', "network of build and container (default: the engine's)")
    .option(
      '--env <name=value>',
      'variable that the image needs to start; may be repeated',
      (variable: string, all: string[]) => [...all, variable],
      [],
    )
    .option('--wait <seconds>', 'how long it has to stay up (default: 5)', parseSeconds)
    .option('--timeout <seconds>', 'how long all of it may take (default: 900)', parseSeconds)
    .option('--keep', 'leave the image and the container', false)
    .addOption(formatOption(plainFormats))
    .action(async (file, options) => {
      const { verify } = await import('./commands/verify.ts')
      finish(await verify(file, options, terminal))
    })

  program
    .command('rules')
    .description('list all rules')
    .addOption(formatOption(plainFormats))
    .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'))
    .action(async (options) => {
      const { rules } = await import('./commands/rules.ts')
      finish(await rules(options, terminal))
    })

  program
    .command('lsp')
    .description('run the language server')
    .requiredOption('--stdio', 'talk over stdin and stdout')
    .action(async () => {
      const { lsp } = await import('./commands/lsp.ts')
      await lsp()
    })

  for (const command of program.commands) command.exitOverride()
  return program
}
