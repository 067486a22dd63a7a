import type { AnalysisOptions } from '../analysis/index.ts'
import type { Dockerfile } from '../dockerfile/index.ts'
import type { Belongings } from './belongings.ts'
import { type Engine, lastWords } from './engine.ts'

/** What is built. */
export interface BuildSource {
  /** The Dockerfile; undefined: `text` is handed over. */
  readonly path: string | undefined
  readonly text: string
  readonly context: string
  readonly network: string | undefined
}

export type BuildOutcome =
  | { readonly kind: 'built' }
  | { readonly kind: 'failed'; readonly line: number | undefined; readonly words: string }
  | { readonly kind: 'timeout' }

export interface BuildControl {
  readonly signal: AbortSignal
  /** Milliseconds. */
  readonly timeout: number
  /** What the engine is at. */
  readonly progress: (step: string) => void
}

const keptOutput = 64 << 10
/** Of an instruction, for people who wait. */
const shownStep = 80
/** A build that is stopped removes its own half-made containers. */
const grace = 5000

/** Builds the image under the tag of `own`, with the user's own builder and its cache. */
export async function buildImage(
  engine: Engine,
  source: BuildSource,
  dockerfile: Dockerfile,
  options: AnalysisOptions,
  own: Belongings,
  { signal, timeout, progress }: BuildControl,
): Promise<BuildOutcome> {
  const env = builderEnvironment(engine, options)
  // Which flags there are depends on the builder behind `docker build`.
  const help = await engine.run(['build', '--help'], { signal, env })
  const knows = (flag: string) => new RegExp(`(?:^|\\s)${flag}\\b`, 'm').test(help.stdout.toString('utf8'))
  const args = [
    'build',
    ...(knows('--load') ? ['--load'] : []),
    ...(knows('--progress') ? ['--progress=plain'] : []),
    ...(knows('--force-rm') ? ['--force-rm'] : []),
    ...['--tag', own.tag, '--label', own.label, '--file', source.path ?? '-'],
    ...(options.target === undefined ? [] : ['--target', options.target]),
    ...(options.platform === undefined ? [] : ['--platform', options.platform]),
    ...(source.network === undefined ? [] : ['--network', source.network]),
    ...Object.entries(options.buildArgs ?? {}).flatMap(([name, value]) => [
      '--build-arg',
      `${name}=${value}`,
    ]),
    source.context,
  ]
  let said = ''
  const { outcome, code } = await engine.run(args, {
    signal,
    timeout,
    env,
    grace,
    ...(source.path === undefined ? { input: source.text } : {}),
    watch: (text) => {
      said = (said + text).slice(-keptOutput)
      const step = text
        .match(/^(?:#\d+ \[[^\]]*\d\/\d+\] |Step \d+\/\d+ : |(?:\[\d+\/\d+\] )?STEP \d+\/\d+: ).*$/gm)
        ?.at(-1)
      if (step) progress(step.replace(/^#\d+ /, '').slice(0, shownStep))
    },
  })
  if (outcome === 'timeout') return { kind: 'timeout' }
  if (outcome === 'exit' && code === 0) return { kind: 'built' }
  return { kind: 'failed', line: failedLine(said, dockerfile), words: failureWords(said) }
}

/** The builder whose behaviour was predicted, unless the user's environment decides. */
function builderEnvironment({ kind, env }: Engine, { builder }: AnalysisOptions): NodeJS.ProcessEnv {
  const quiet = { BUILDX_NO_DEFAULT_ATTESTATIONS: '1', DOCKER_CLI_HINTS: 'false', ...env }
  if (kind === 'podman' || env.DOCKER_BUILDKIT !== undefined) return quiet
  return { ...quiet, DOCKER_BUILDKIT: builder === 'classic' ? '0' : '1' }
}

/** The line of the instruction that failed, as far as the engine says. */
export function failedLine(said: string, { instructions, text }: Dockerfile): number | undefined {
  // BuildKit marks it in the source that it shows, from 0.9 on.
  const marked = /^ *(\d+) \| >>> /m.exec(said) ?? /dockerfile parse error(?: on)? line (\d+)/i.exec(said)
  if (marked) return Number(marked[1])
  // The classic builder counts the instructions from the top of the file.
  const step = [...said.matchAll(/^Step (\d+)\/\d+ : /gm)].at(-1)
  if (step) return instructions[Number(step[1]) - 1]?.startLine
  // buildah and older BuildKits quote it.
  const quoted = /building at STEP "(.*?)": /s.exec(said) ?? /^ > \[[^\]]*\] (.*):$/m.exec(said)
  const wanted = quoted?.[1] && collapsed(quoted[1])
  const same = instructions.filter(({ range }) => collapsed(text.slice(range.start, range.end)) === wanted)
  return same.length === 1 ? same[0]?.startLine : undefined
}

const collapsed = (text: string) =>
  text
    .replace(/[\\`]\r?\n/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()

/** What the builder said about it, without the steps that went well. */
export function failureWords(said: string): string {
  const block = [...said.matchAll(/^------\n > [^\n]*\n([\s\S]*?)^------$/gm)].at(-1)?.[1] ?? ''
  const inStep = block
    .split('\n')
    .map((line) => line.replace(/^(?:#\d+ )?[\d.]+ /, ''))
    .filter((line) => line.trim() !== '')
    .slice(-5)
  const rest = said
    .slice(Math.max(0, said.lastIndexOf('\nStep ')))
    .replace(ansi, '')
    .split('\n')
    .filter((line) => !chatter.test(line))
    .join('\n')
  return [...inStep, lastWords(rest, inStep.length > 0 || /^ERROR: /m.test(said) ? 1 : 4)].join('\n')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the classic builder colours what RUN writes to stderr
const ansi = /\u001b\[[\d;]*m/g
/** Of the classic builder and of BuildKit: what it is doing, and advice. */
const chatter =
  /^(?: ---> |Removing intermediate| ---> Removed|Step \d+\/|------$| > \[|#\d+ |DEPRECATED: | +(?:BuildKit is currently|Install the buildx|environment-variable|https:))/
