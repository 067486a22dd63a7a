import { statSync } from 'node:fs'
import { dirname, relative, resolve, sep } from 'node:path'
import type { AnalysisOptions } from '../analysis/index.ts'
import { nodeBuildContext } from '../build-context/node.ts'
import { inEnglish } from '../l10n/index.ts'
import { analysisOptions, baseImagesFor, isIgnored } from '../setup/index.ts'
import { configurations } from './configuration.ts'
import { discover } from './discover.ts'
import { createImageSources, type ImageSources } from './image-sources.ts'
import { type CommonOptions, type FailOn, wishesOf } from './options.ts'
import { type ReadResult, readSourceFile, readStandardInput, type SourceFile } from './source-file.ts'
import type { Terminal } from './terminal.ts'
import { usageError } from './usage-error.ts'

/** One Dockerfile of a run, ready to be analysed. */
export type Input =
  | {
      readonly file: string
      readonly source: SourceFile
      readonly options: AnalysisOptions
      readonly failOn: FailOn
      /** The folder that the build context is. */
      readonly contextFolder: string
      /** Undefined: it came from stdin. */
      readonly path: string | undefined
    }
  | { readonly file: string; readonly problem: string }

export function isReadable(input: Input): input is Extract<Input, { source: SourceFile }> {
  return 'source' in input
}

const standardInput = '-'

/** Reads all that the command line names. Wrong usage and bad configuration end the run before any output. */
async function readInputs(
  paths: readonly string[],
  common: CommonOptions,
  terminal: Terminal,
  images: ImageSources,
): Promise<Input[]> {
  const context = contextFolder(common.context)
  const configOf = configurations(common.config ?? true)
  const inputs: Input[] = []
  const add = (file: string, path: string | undefined, result: ReadResult, always: boolean) => {
    if ('problem' in result) {
      inputs.push({ file, problem: result.problem })
      return
    }
    const place = resolve(path ?? common.stdinFilename ?? standardInput)
    const { config, folder: configFolder } = configOf(dirname(place))
    const fromConfig = relative(configFolder, place).split(sep).join('/')
    if (!always && isIgnored(config, fromConfig)) return
    const folder = context ?? dirname(place)
    const options = analysisOptions({
      context: nodeBuildContext(folder, place),
      baseImages: baseImagesFor(config, images.of(path === undefined ? undefined : place, config)),
      config,
      path: fromConfig,
      above: wishesOf(common),
    })
    const failOn = common.failOn ?? config.failOn ?? 'warning'
    inputs.push({ file, source: result.source, options, failOn, contextFolder: folder, path })
  }
  if (paths.includes(standardInput)) {
    const result = await readStandardInput(terminal.stdin)
    add(common.stdinFilename ?? '<stdin>', undefined, result, true)
  }
  const named = paths.filter((path) => path !== standardInput)
  if (named.length > 0 || paths.length === 0)
    for (const entry of discover(named)) {
      if (entry.kind === 'problem') inputs.push({ file: entry.path, problem: entry.message })
      else add(entry.file, entry.file, readSourceFile(entry.file), named.includes(entry.file))
    }
  return inputs
}

/** Runs a command on what its paths stand for, with everybody at hand who may know base images. */
export async function withInputs<T>(
  paths: readonly string[],
  common: CommonOptions,
  terminal: Terminal,
  command: (inputs: readonly Input[], images: ImageSources) => Promise<T>,
): Promise<T> {
  const images = createImageSources(
    paths,
    common.quiet ? () => {} : (message) => terminal.complain(inEnglish(message)),
  )
  try {
    return await command(await readInputs(paths, common, terminal, images), images)
  } finally {
    images.dispose()
  }
}

function contextFolder(folder: string | undefined): string | undefined {
  if (folder === undefined) return undefined
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false
  if (!isFolder) throw usageError(`--context ${folder}: no such directory`)
  return resolve(folder)
}
