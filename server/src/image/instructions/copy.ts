import { expandWord, stageOf } from '../../dockerfile/index.ts'
import type { CopyInstruction, Word } from '../../dockerfile/types.ts'
import type { Origin } from '../../known.ts'
import { knownValue, unknown } from '../../known.ts'
import { text } from '../../l10n/index.ts'
import { copyInto } from '../copy/index.ts'
import { absolute, find } from '../files.ts'
import { type ResolvedOwner, resolveChown } from '../identity.ts'
import type { Builder, Failure, StageTimeline } from '../types.ts'
import { needsBuildkit } from './classic.ts'
import { type Applied, expandedText, fine, type Progress, variable } from './progress.ts'
import { refreshIdentity } from './user.ts'
import { notPlaced } from './workdir.ts'

/** COPY and ADD. */
export function copy(progress: Progress, instruction: CopyInstruction, origin: Origin): Applied {
  const { state, evaluation, stage, base } = progress
  if (base?.os === 'windows') return fine
  const { dockerfile, stages, builder, options } = evaluation
  const textOf = (word: Word | undefined) => (word ? expandedText(progress, word) : undefined)
  const { chown: flag, from } = instruction
  const spec = textOf(flag)
  const chown: ResolvedOwner | undefined =
    flag &&
    (spec === undefined
      ? { owner: unknown([origin]), group: unknown([origin]) }
      : resolveChown(spec, state.accounts, builder))
  const reference = textOf(from)
  const source = reference === undefined ? undefined : stageOf(dockerfile, reference, stage)
  const copied = copyInto(state, {
    instruction,
    origin,
    sources: instruction.sources.map(textOf),
    destination: textOf(instruction.destination),
    chown,
    chmod: textOf(instruction.chmod),
    exclude: instruction.exclude.map(textOf),
    from: from ? (source ? (stages[source.index]?.final ?? 'image') : 'image') : undefined,
    heredocs: instruction.heredocs.map((heredoc) => written(progress, heredoc)),
    context: options.context,
    workdir: knownValue(state.workdir),
    builder,
  })
  progress.state = copied.state
  if (progress.state.accounts !== state.accounts) refreshIdentity(progress)
  const stageSource = source && stages[source.index]
  const unknownThere = needsBuildkit(instruction, builder)
  if (unknownThere) return { failure: unknownThere }
  const gone = stageSource && notInStage(stageSource, instruction.sources, textOf)
  if (gone) return { failure: gone }
  const placed =
    copied.inTheWay && instruction.destination
      ? notPlaced(copied.inTheWay, instruction.destination.range)
      : fine
  if (placed.failure) return placed
  const unseen = stageSource !== undefined && mayNotBeThere(stageSource, instruction.sources, textOf)
  const failure =
    namesInLink(instruction, spec, builder) ?? (chown?.failure && { ...chown.failure, because: [] })
  return {
    failure: failure && flag && { ...failure, range: flag.range },
    sure: placed.sure !== false && !unseen,
  }
}

/** A source that the other stage certainly does not have ("failed to calculate checksum …: not found"). */
function notInStage(
  from: StageTimeline,
  sources: readonly Word[],
  textOf: (word: Word) => string | undefined,
): Failure | undefined {
  // A program that nobody described may have put it there.
  if (!isSure(from)) return undefined
  for (const word of sources) {
    const source = textOf(word)
    if (source === undefined || /[*?[]/.test(source)) continue
    const path = absolute(source)
    const { stage } = from
    const { node } = find(from.final.files, path)
    if (node.kind !== 'missing' || node.exists !== 'certain') continue
    const name = stage.name ?? String(stage.index)
    return {
      reason: 'other',
      certainty: 'certain',
      message: text`${path} is not in the stage ${name}, so there is nothing to copy.`,
      range: word.range,
      because: node.because,
      path,
    }
  }
  return undefined
}

/** Nobody knows whether the other stage has all that is copied. */
function mayNotBeThere(
  { final }: StageTimeline,
  sources: readonly Word[],
  textOf: (word: Word) => string | undefined,
): boolean {
  return sources.some((word) => {
    const source = textOf(word)
    if (source === undefined || /[*?[]/.test(source)) return true
    const { kind, exists } = find(final.files, absolute(source)).node
    return kind === 'unknown' || exists !== 'certain'
  })
}

const sureStages = new WeakMap<StageTimeline, boolean>()

/** Of every command that made it we know what it does. */
function isSure(stage: StageTimeline): boolean {
  const known = sureStages.get(stage)
  if (known !== undefined) return known
  // What was meant by a line that is no instruction nobody knows.
  const sure =
    stage.steps.every(
      ({ sure: known, instruction: { keyword } }) =>
        (known || (keyword !== 'RUN' && keyword !== 'FROM')) && keyword !== 'UNKNOWN',
    ) &&
    (!stage.parent || isSure(stage.parent))
  sureStages.set(stage, sure)
  return sure
}

/** What a heredoc writes; undefined text where a variable in it is unknown. */
function written(progress: Progress, { name, content, expand }: CopyInstruction['heredocs'][number]) {
  if (!expand) return { name, text: content.text }
  const expanded = expandWord(content.text, (one) => variable(progress, one), {
    escape: '\\',
    mode: 'keep-quotes',
  })
  return { name, text: expanded.kind === 'known' ? expanded.value : undefined }
}

/** A linked copy is made without the image, so nobody can look up names (container-facts/link-chown-name: invalid user index: -1). */
function namesInLink(
  { link, chmod }: CopyInstruction,
  chown: string | undefined,
  builder: Builder,
): Omit<Failure, 'range'> | undefined {
  if (chown === undefined || !link || chmod || builder !== 'buildkit') return undefined
  // BuildKit takes the name `root` for 0 itself: client/llb/fileop.go, parseUID.
  if (chown.split(':').every((part) => /^(\d*|root)$/.test(part))) return undefined
  return {
    reason: 'other',
    certainty: 'certain',
    message: text`COPY --link cannot look up the name ${chown}: the copy is made without the image. Use numeric ids in --chown.`,
    because: [{ kind: 'engine', fact: 'link-chown-name-app' }],
    name: chown,
  }
}
