import { List } from 'immutable'
import { scratchFacts } from '../base-images/index.ts'
import {
  baseStageOf,
  expandWord,
  parseDockerfile,
  stagesNeededFor,
  targetStage,
} from '../dockerfile/index.ts'
import type { Dockerfile, FromInstruction, Instruction, Stage, Variable } from '../dockerfile/types.ts'
import type { Origin } from '../known.ts'
import { text } from '../l10n/index.ts'
import { stateOfBase } from './base-state.ts'
import { globalVariables } from './global-arguments.ts'
import { apply, type Evaluation, type Progress } from './instructions/index.ts'
import { newBudget } from './interpreter/index.ts'
import { work } from './name-map.ts'
import { runtimeOf } from './runtime.ts'
import type { EvaluateOptions, Failure, ImageState, StageTimeline, Timeline } from './types.ts'

/** Evaluates a Dockerfile: each stage once, in the file's order. Never throws; time is linear in the size of the text. */
export function evaluate(dockerfile: Dockerfile, options: EvaluateOptions): Timeline {
  const builder = options.builder ?? 'buildkit'
  const globals = globalVariables(dockerfile, options)
  const lookup = (name: string): Variable => globals.get(name) ?? { kind: 'unset' }
  const stages: StageTimeline[] = []
  const budget = newBudget()
  // A base may be evaluated in the midst of it, and is counted for itself.
  const outer = work.done
  work.done = 0
  for (const stage of dockerfile.stages)
    stages.push(evaluateStage(stage, { dockerfile, options, builder, globals, stages, budget }))
  const wanted = targetStage(dockerfile, options.target)
  const target = wanted ? stages[wanted.index] : undefined
  const runtime = target ? runtimeOf(target, builder, budget) : undefined
  work.done = outer
  return {
    dockerfile,
    stages,
    target,
    runtime,
    needed: new Set(wanted ? stagesNeededFor(dockerfile, wanted, lookup).map(({ index }) => index) : []),
  }
}

function evaluateStage(stage: Stage, evaluation: Evaluation): StageTimeline {
  const { dockerfile, options } = evaluation
  const lookup = (name: string): Variable => evaluation.globals.get(name) ?? { kind: 'unset' }
  const expanded = stage.from.image
    ? expandWord(stage.from.image.raw, lookup, { escape: dockerfile.escape })
    : undefined
  const reference = expanded?.kind === 'known' && expanded.value !== '' ? expanded.value : undefined
  const parentStage = reference === undefined ? undefined : baseStageOf(dockerfile, reference, stage)
  const parent = parentStage ? evaluation.stages[parentStage.index] : undefined
  const platformWord = stage.from.platform
    ? expandWord(stage.from.platform.raw, lookup, { escape: dockerfile.escape })
    : undefined
  const platform = platformWord?.kind === 'known' ? platformWord.value : options.platform
  const base = parent
    ? parent.base
    : reference === undefined
      ? undefined
      : reference === 'scratch'
        ? scratchFacts()
        : options.baseImages.resolve(reference, platform)
  const origin: Origin = { kind: 'instruction', range: stage.from.image?.range ?? stage.from.keywordRange }
  const initial: ImageState = parent ? { ...parent.final, onbuild: List() } : stateOfBase(base, origin)
  const progress: Progress = {
    evaluation,
    stage,
    base,
    state: initial,
    ownCmd: false,
    steps: [],
    longValues: new Map(),
    foreign: undefined,
  }
  runTriggers(
    progress,
    parent
      ? [...parent.final.onbuild]
      : (base?.onbuild ?? []).map((line) => ({ text: line, instruction: triggerOf(line) })),
    origin,
  )
  const started = progress.state
  for (const instruction of stage.instructions) step(progress, instruction)
  return { stage, reference, base, parent, initial, started, steps: progress.steps, final: progress.state }
}

function triggerOf(text: string): Instruction | undefined {
  return parseDockerfile(`FROM scratch\n${text}\n`).instructions[1]
}

interface Trigger {
  readonly instruction: Instruction | undefined
  readonly text: string
}

/** ONBUILD of the base: it acts, and fails, at FROM. FROM is a step of its own only where a trigger fails or may. */
function runTriggers(progress: Progress, triggers: readonly Trigger[], origin: Origin): void {
  const { from } = progress.stage
  const before = progress.state
  let failure: Failure | undefined
  let allSure = true
  progress.foreign = origin
  for (const trigger of triggers) {
    if (!trigger.instruction) continue
    const { failure: its, sure = true } = apply(progress, trigger.instruction)
    allSure &&= sure
    failure ??= its && atFrom(its, trigger.text, from)
  }
  progress.foreign = undefined
  if (failure || !allSure)
    progress.steps.push({
      instruction: from,
      before,
      after: progress.state,
      failure,
      commands: [],
      sure: allSure,
    })
}

function atFrom(failure: Failure, trigger: string, { image, keywordRange }: FromInstruction): Failure {
  const { reason: _, name: _name, path: _path, ...rest } = failure
  return {
    ...rest,
    reason: 'other',
    message: text`The base has \`ONBUILD ${trigger}\`, which runs here and fails. ${failure.message}`,
    range: image?.range ?? keywordRange,
  }
}

function step(progress: Progress, instruction: Instruction): void {
  const before = progress.state
  const { failure, commands, sure = true } = apply(progress, instruction)
  progress.steps.push({
    instruction,
    before,
    after: progress.state,
    failure,
    commands: commands ?? [],
    sure,
  })
}
