import picomatch from 'picomatch/posix.js'
import type { AnalysisOptions } from '../analysis/index.ts'
import type { BaseImages } from '../base-images/index.ts'
import type { UnrootConfig } from '../config/index.ts'
import type { BuildContext } from '../image/index.ts'

/** What somebody wants of an analysis: flags of a command line, settings of an editor. */
export interface Wishes
  extends Pick<UnrootConfig, 'profile' | 'builder' | 'rules' | 'newUser' | 'buildArgs'> {
  readonly target?: string
  readonly otherTargets?: readonly string[]
  readonly platform?: string
}

export interface Surroundings {
  readonly context: BuildContext
  readonly baseImages: BaseImages
  readonly config: UnrootConfig
  /** The Dockerfile's path from the configuration's folder, with slashes. */
  readonly path: string
  /** Count for more than the configuration file. */
  readonly above?: Wishes
  /** Count for less. */
  readonly below?: Wishes
}

/** The options of an analysis: flags before the configuration file before the editor's settings. */
export function analysisOptions({
  context,
  baseImages,
  config,
  path,
  above,
  below,
}: Surroundings): AnalysisOptions {
  const layers = [below ?? {}, configured(config, path), above ?? {}]
  const { rules, newUser, buildArgs, otherTargets, ...single } = Object.assign(
    {},
    ...layers.map(stated),
  ) as Wishes
  return {
    context,
    baseImages,
    ...single,
    // Who names a stage wants that one alone.
    ...(otherTargets && above?.target === undefined ? { otherTargets } : {}),
    rules: Object.assign({}, ...layers.map((layer) => layer.rules)),
    newUser: Object.assign({}, ...layers.map((layer) => layer.newUser)),
    buildArgs: Object.assign({}, ...layers.map((layer) => layer.buildArgs)),
  }
}

function configured(
  { profile, builder, rules, newUser, buildArgs, targets }: UnrootConfig,
  path: string,
): Wishes {
  const [target, ...others] =
    Object.entries(targets ?? {}).find(([glob]) => matchesPath(glob, path))?.[1] ?? []
  return stated({
    profile,
    builder,
    rules,
    newUser,
    buildArgs,
    target,
    otherTargets: others.length > 0 ? others : undefined,
  })
}

/** Without the keys that say nothing, which would hide what a lower layer says. */
function stated(wishes: { readonly [Key in keyof Wishes]: Wishes[Key] | undefined }): Wishes {
  return Object.fromEntries(Object.entries(wishes).filter(([, value]) => value !== undefined))
}

/** True where `.unroot.json` says not to look at this file. */
export function isIgnored({ ignore }: UnrootConfig, path: string): boolean {
  return (ignore ?? []).some(
    (glob) => matchesPath(glob, path) || matchesPath(`${glob.replace(/\/$/, '')}/**`, path),
  )
}

/** A glob without a slash holds for a name at any depth, as in .gitignore. */
function matchesPath(glob: string, path: string): boolean {
  const pattern = glob.replace(/^\.?\//, '')
  return picomatch(glob.includes('/') ? pattern : `**/${pattern}`, { dot: true })(path)
}
