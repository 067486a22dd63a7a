import type { Analysis } from '../analysis/index.ts'
import type { ImageState, StageTimeline, Step } from '../image/index.ts'
import { describeIdentity } from '../image/index.ts'
import { knownValue } from '../known.ts'
import { type Language, type Message, text } from '../l10n/index.ts'
import { describeCertainty } from './certainty.ts'
import { describeResolver } from './resolver.ts'

/** One line of the table for people. */
export interface Row {
  readonly line: number
  readonly runsAs: string
  readonly workdir: string
  /** The instruction's first line, shortened. */
  readonly source: string
  /** Who the next instruction runs as, where this one changes it. */
  readonly becomes: string | undefined
  readonly fails: string | undefined
  readonly root: boolean
}

export interface Section {
  readonly title: string
  readonly line: number
  readonly base: string
  readonly rows: readonly Row[]
}

/** Stages and instructions as people read them. @param line only the instruction that stands there */
export function sections(analysis: Analysis, say: Language, line?: number): Section[] {
  return analysis.timeline.stages.flatMap((stage) => {
    const { from, name } = stage.stage
    const steps = stage.steps.filter((step) => isTold(step, line))
    if (line !== undefined && steps.length === 0) return []
    return {
      title: `FROM ${stage.reference ?? from.image?.raw ?? ''}${name === undefined ? '' : ` AS ${name}`}`,
      line: from.startLine,
      base: say(describeBase(stage)),
      rows: steps.map((step) => rowOf(step, analysis.text, say)),
    }
  })
}

/** FROM is a step only for what its base's triggers do, and told only where they fail. @param line the one that is asked for, if one is */
export function isTold({ instruction, failure }: Step, line: number | undefined): boolean {
  if (instruction.keyword === 'FROM' && !failure) return false
  return line === undefined || (instruction.startLine <= line && line <= instruction.endLine)
}

function describeBase({ base, parent }: StageTimeline): Message {
  const resolvedBy = parent ? 'stage' : (base?.resolvedBy ?? 'unknown')
  const os = [base?.os, base?.osVersion].filter(Boolean).join(' ')
  if (resolvedBy === 'unknown') return os ? text`${os}, base image not known` : text`base image not known`
  const from = describeResolver(resolvedBy)
  return os ? text`${os}, from ${from}` : text`from ${from}`
}

function rowOf({ instruction, before, after, failure }: Step, source: string, say: Language): Row {
  const firstLine = source.slice(instruction.range.start, instruction.range.end).split(/\r?\n/, 1)[0] ?? ''
  const now = say(describeIdentity(before.identity))
  const next = say(describeIdentity(after.identity))
  return {
    line: instruction.startLine,
    runsAs: now,
    workdir: workdirOf(before),
    source: firstLine.length > 60 ? `${firstLine.slice(0, 59)}…` : firstLine,
    becomes: next === now ? undefined : next,
    fails:
      failure &&
      say(
        failure.certainty === 'certain'
          ? text`fails: ${failure.message}`
          : text`${describeCertainty(failure.certainty)}: fails: ${failure.message}`,
      ),
    root: knownValue(before.identity.uid) === 0,
  }
}

function workdirOf({ workdir }: ImageState): string {
  return knownValue(workdir) ?? '?'
}
