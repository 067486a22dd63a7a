import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Builder } from '../image/index.ts'
import type { Profile, Severity } from '../rules/types.ts'
import type { Wishes } from '../setup/index.ts'
import { languages } from './language.ts'

export type FailOn = Severity | 'never'

/** Options that every command on Dockerfiles has; names as commander makes them. */
export interface CommonOptions {
  /** A path; false: `--no-config`; undefined: the nearest one. */
  readonly config?: string | false
  readonly context?: string
  readonly target?: string
  readonly platform?: string
  readonly buildArg: Readonly<Record<string, string>>
  readonly builder?: Builder
  readonly profile?: Profile
  readonly failOn?: FailOn
  readonly stdinFilename?: string
  readonly color: 'auto' | 'always' | 'never'
  /** Of what is printed as text. */
  readonly lang?: (typeof languages)[number]
  readonly quiet: boolean
}

const builders: readonly Builder[] = ['buildkit', 'classic', 'kaniko', 'buildah']
const profiles: readonly Profile[] = ['docker', 'kubernetes', 'openshift']
const failOns: readonly FailOn[] = ['error', 'warning', 'information', 'hint', 'never']

/** Adds the common options to a command. */
export function withCommonOptions(command: Command): Command {
  return command
    .option('--config <file>', 'use this configuration instead of the nearest .unroot.json')
    .option('--no-config', 'use no configuration file')
    .option('--context <dir>', "build context (default: the file's folder)")
    .option('--target <stage>', 'stage that becomes the image (default: the last one)')
    .option('--platform <os/arch>', 'platform to build for')
    .addOption(
      new Option('--build-arg <name=value>', 'value of an ARG, as in docker build; may be repeated')
        .argParser(addBuildArg)
        .default({}, 'none'),
    )
    .addOption(new Option('--builder <name>', 'whose semantics hold (default: buildkit)').choices(builders))
    .addOption(new Option('--profile <name>', 'where the image runs (default: docker)').choices(profiles))
    .addOption(
      new Option('--fail-on <severity>', 'lowest severity for exit code 1 (default: warning)').choices(
        failOns,
      ),
    )
    .option('--stdin-filename <name>', 'name for the text read from -')
    .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'))
    .addOption(
      new Option('--lang <name>', 'language of what is printed as text (default: en)').choices(languages),
    )
    .option('--quiet', 'nothing but the result', false)
}

export function formatOption(choices: readonly string[]): Option {
  return new Option('--format <name>', 'form of the output').choices(choices).default('text')
}

/** `NAME=VALUE`; a bare `NAME` takes the value from the environment, as docker build does. */
function addBuildArg(
  text: string,
  before: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const cut = text.indexOf('=')
  const name = cut < 0 ? text : text.slice(0, cut)
  if (name === '') throw new InvalidArgumentError('Write it as NAME=VALUE.')
  const value = cut < 0 ? process.env[name] : text.slice(cut + 1)
  return value === undefined ? before : { ...before, [name]: value }
}

export function parseCount(text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('Not a line number.')
  return number
}

export function parseSeconds(text: string): number {
  const number = Number(text)
  if (!(number > 0 && number <= 86_400)) throw new InvalidArgumentError('Not a number of seconds.')
  return number
}

/** What the flags ask of the analysis. */
export function wishesOf({ target, platform, buildArg, builder, profile }: CommonOptions): Wishes {
  return {
    ...(target === undefined ? {} : { target }),
    ...(platform === undefined ? {} : { platform }),
    ...(builder === undefined ? {} : { builder }),
    ...(profile === undefined ? {} : { profile }),
    buildArgs: buildArg,
  }
}
