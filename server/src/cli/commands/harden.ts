import { join, relative } from 'node:path'
import type { HardenPlan } from '../../analysis/index.ts'
import { analyse } from '../../analysis/index.ts'
import { contextWith, harden as planFor, runtimeGuidance } from '../../harden/index.ts'
import { inEnglish, type Language, type Message, text } from '../../l10n/index.ts'
import { printable } from '../../output/index.ts'
import { analyseInputs, withoutFaults } from '../analyse-inputs.ts'
import { deliver } from '../deliver.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { withInputs } from '../inputs.ts'
import { outputLanguage } from '../language.ts'
import type { CommonOptions } from '../options.ts'
import { readableOrComplain } from '../readable.ts'
import type { Terminal } from '../terminal.ts'
import { usageError } from '../usage-error.ts'
import { worst } from '../verdict.ts'

export interface HardenOptions extends CommonOptions {
  readonly format: 'text' | 'json'
  readonly diff?: boolean
  readonly write: boolean
  readonly stdout: boolean
  readonly report: boolean
}

/** `unroot harden`: the whole image, without root. */
export async function harden(
  paths: readonly string[],
  options: HardenOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const deliveries = [options.diff && 'diff', options.write && 'write', options.stdout && 'stdout'].filter(
    Boolean,
  )
  if (deliveries.length > 1) throw usageError('--diff, --write and --stdout exclude each other')
  return withInputs(paths, options, terminal, async (inputs, images) => {
    const readable = readableOrComplain(inputs, terminal)
    if (readable === undefined) return exitCode.usage
    const say = await outputLanguage(options)
    const files = withoutFaults(
      await analyseInputs(readable, images, terminal, (input, analysis) => {
        const plan = planFor(analysis)
        const others = plan.contextFiles.map(({ path, text: before, result }) => {
          const place = join(input.contextFolder, path)
          const near = relative(process.cwd(), place)
          return { file: near.startsWith('..') ? place : near, path: place, text: before, result }
        })
        return { ...input, plan, result: plan.result, others }
      }),
    )
    if (options.format === 'json' && !options.write && !options.stdout) terminal.print(reportJson(files))
    else {
      const delivery = options.write ? 'write' : options.stdout ? 'stdout' : 'diff'
      deliver(files, delivery, options, terminal, () =>
        options.format === 'json' ? reportJson(files) : stepsText(files, say),
      )
    }
    for (const { file, plan, options: wanted } of files) {
      if (!options.quiet) for (const remark of remarks(plan)) terminal.complain(`${file}: ${say(remark)}`)
      if (options.report) {
        const context = contextWith(wanted.context, plan.contextFiles)
        terminal.print(`\n${runtimeGuidance(analyse(plan.result, { ...wanted, context }), say).markdown}`)
      }
    }
    return worst(files.map(({ plan }) => (plan.outcome === 'refused' ? exitCode.findings : exitCode.ok)))
  })
}

interface Hardened {
  readonly file: string
  readonly plan: HardenPlan
}

function remarks({ outcome, refusals, remaining }: HardenPlan): readonly Message[] {
  if (outcome === 'nothing') return [text`nothing to harden`]
  return [
    ...refusals.map((refusal) => text`not hardened: ${refusal}`),
    ...remaining.map((step) => text`to decide: ${step}`),
  ]
}

function stepsText(files: readonly Hardened[], say: Language): string {
  return files
    .flatMap(({ file, plan }) =>
      plan.steps.map(
        ({ title, reason }) => `${printable(file)}: ${printable(say(text`${title}. ${reason}`))}\n`,
      ),
    )
    .join('')
}

function reportJson(files: readonly Hardened[]): string {
  const report = {
    version: 1,
    files: files.map(({ file, plan }) => ({
      file,
      outcome: plan.outcome,
      steps: plan.steps.map(({ title, reason, safety }) => ({
        title: inEnglish(title),
        reason: inEnglish(reason),
        safety,
      })),
      remaining: plan.remaining.map(inEnglish),
      refusals: plan.refusals.map(inEnglish),
      result: plan.result,
      ...(plan.contextFiles.length > 0
        ? { contextFiles: plan.contextFiles.map(({ path, result }) => ({ path, result })) }
        : {}),
    })),
  }
  return `${JSON.stringify(report, null, 2)}\n`
}
