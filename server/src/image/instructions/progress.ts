import type { Map as ImmutableMap } from 'immutable'
import type { BaseImageFacts } from '../../base-images/types.ts'
import { expandWord } from '../../dockerfile/index.ts'
import type { Dockerfile, Stage, Variable, Word } from '../../dockerfile/types.ts'
import type { Known, Origin } from '../../known.ts'
import { stageVariable } from '../environment.ts'
import type { Budget } from '../interpreter/index.ts'
import type { LongValues } from '../long-values.ts'
import type {
  Builder,
  CommandRun,
  EvaluateOptions,
  Failure,
  ImageState,
  StageTimeline,
  Step,
} from '../types.ts'

export interface Evaluation {
  readonly dockerfile: Dockerfile
  readonly options: EvaluateOptions
  readonly builder: Builder
  readonly globals: ReadonlyMap<string, Variable>
  /** The stages before. */
  readonly stages: readonly StageTimeline[]
  readonly budget: Budget
}

/** One stage while it is evaluated. */
export interface Progress {
  readonly evaluation: Evaluation
  readonly stage: Stage
  readonly base: BaseImageFacts | undefined
  state: ImageState
  /** CMD was set in this stage: a later ENTRYPOINT keeps it. */
  ownCmd: boolean
  readonly steps: Step[]
  longValues: LongValues
  variables?: {
    readonly env: ImageState['env']
    readonly args: ImageState['args']
    readonly all: ImmutableMap<string, Known<string>>
  }
  /** In ONBUILD triggers of the base: effects and failures belong to FROM. */
  foreign: Origin | undefined
}

export interface Applied {
  readonly failure: Failure | undefined
  readonly commands?: readonly CommandRun[]
  readonly sure?: boolean
}
export const fine: Applied = { failure: undefined }

export function variable(progress: Progress, name: string): Variable {
  return stageVariable(progress.state, name, progress.base)
}

export function expandedText(progress: Progress, word: Word): string | undefined {
  // An ARG without default has a value only the build knows; the builder would take it for empty.
  const expanded = expandWord(word.raw, (name) => variable(progress, name), {
    escape: progress.evaluation.dockerfile.escape,
  })
  return expanded.kind === 'known' && !isOpen(progress, word, expanded.unset) ? expanded.value : undefined
}

/** It depends on an ARG without a default, and gives none itself (`${X:-app}`). */
export function isOpen({ state }: Progress, word: Word, unset: readonly string[]): boolean {
  const defaulted = (name: string) => word.raw.includes(`\${${name}:-`) || word.raw.includes(`\${${name}-`)
  return unset.some((name) => state.args.has(name) && !defaulted(name))
}
