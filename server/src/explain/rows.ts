import type { Analysis } from '../analysis/index.ts'
import type { ImageState, Step } from '../image/index.ts'
import { describeIdentity } from '../image/index.ts'
import { knownValue } from '../known.ts'

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
export function sections(analysis: Analysis, line?: number): Section[] {
  return analysis.timeline.stages.flatMap((stage) => {
    const { from, name } = stage.stage
    const steps = stage.steps.filter(
      ({ instruction: { startLine, endLine } }) =>
        line === undefined || (startLine <= line && line <= endLine),
    )
    if (line !== undefined && steps.length === 0) return []
    const resolvedBy = stage.parent ? 'stage' : (stage.base?.resolvedBy ?? 'unknown')
    const os = [stage.base?.os, stage.base?.osVersion].filter(Boolean).join(' ')
    return {
      title: `FROM ${stage.reference ?? from.image?.raw ?? ''}${name === undefined ? '' : ` AS ${name}`}`,
      line: from.startLine,
      base: [os, resolvedBy === 'unknown' ? 'base image not known' : `from ${resolvedBy}`]
        .filter(Boolean)
        .join(', '),
      rows: steps.map((step) => rowOf(step, analysis.text)),
    }
  })
}

function rowOf({ instruction, before, after, failure }: Step, text: string): Row {
  const source = text.slice(instruction.range.start, instruction.range.end).split(/\r?\n/, 1)[0] ?? ''
  const now = describeIdentity(before.identity)
  const next = describeIdentity(after.identity)
  return {
    line: instruction.startLine,
    runsAs: now,
    workdir: workdirOf(before),
    source: source.length > 60 ? `${source.slice(0, 59)}…` : source,
    becomes: next === now ? undefined : next,
    fails:
      failure &&
      `${failure.certainty === 'certain' ? 'fails' : `${failure.certainty}: fails`}: ${failure.message}`,
    root: knownValue(before.identity.uid) === 0,
  }
}

function workdirOf({ workdir }: ImageState): string {
  return knownValue(workdir) ?? '?'
}
