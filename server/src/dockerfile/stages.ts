import { toLower } from './characters.ts'
import { expandWord } from './shell-words.ts'
import type { Dockerfile, Instruction, Stage, Variable } from './types.ts'

/** What is looked up in dockerfile2llb/convert.go: addState, findStateByName, findStateByIndex. */

/**
 * The stage that a FROM of `before` names: the nearest earlier one. BuildKit compares the reference as written with
 * names in lower case, so `FROM Build` never means the stage `build`.
 */
export function baseStageOf(dockerfile: Dockerfile, reference: string, before: Stage): Stage | undefined {
  for (let index = before.index - 1; index >= 0; index--) {
    const stage = dockerfile.stages[index]
    if (stage?.name !== undefined && stage.name === reference) return stage
  }
  return undefined
}

/**
 * The stage that `COPY --from=` or `RUN --mount=from=` in `before` names, in any case; a number counts stages
 * (COPY only: pass `numbers`). Undefined where the reference is an image, or a stage that cannot be used from here.
 */
export function stageOf(
  dockerfile: Dockerfile,
  reference: string,
  before: Stage,
  { numbers = true }: { readonly numbers?: boolean } = {},
): Stage | undefined {
  const found = referencedStage(dockerfile, reference, numbers)
  return found !== undefined && found.index < before.index ? found : undefined
}

/** As `stageOf`, but also stages that BuildKit refuses because they come too late. */
export function referencedStage(
  dockerfile: Dockerfile,
  reference: string,
  numbers: boolean,
): Stage | undefined {
  if (numbers && /^[-+]?\d+$/.test(reference)) return dockerfile.stages[Number(reference)]
  const name = toLower(reference)
  // Of several stages with one name, the last is meant: references are looked up when all stages are known.
  return dockerfile.stages.findLast((stage) => stage.name === name)
}

export function finalStage(dockerfile: Dockerfile): Stage | undefined {
  return dockerfile.stages[dockerfile.stages.length - 1]
}

/** The stage that is built: the one named (or else numbered), or the last. Undefined where there is no such stage. */
export function targetStage(dockerfile: Dockerfile, target?: string): Stage | undefined {
  return target === undefined || target === ''
    ? finalStage(dockerfile)
    : referencedStage(dockerfile, target, false)
}

/** The stages that `stage` needs, itself included, in the file's order. */
export function stagesNeededFor(
  dockerfile: Dockerfile,
  stage: Stage,
  lookup: (name: string) => Variable = () => ({ kind: 'unknown' }),
): readonly Stage[] {
  const needed = new Set<number>()
  const open: Stage[] = [stage]
  const earlier = nearestEarlierNames(dockerfile)
  const last = new Map<string, Stage>()
  for (const one of dockerfile.stages) if (one.name !== undefined) last.set(one.name, one)
  for (let current = open.pop(); current !== undefined; current = open.pop()) {
    if (needed.has(current.index)) continue
    needed.add(current.index)
    const from = current
    const base = from.from.image
    if (base !== undefined) {
      const name = expandWord(base.raw, lookup, { escape: dockerfile.escape })
      const found = name.kind === 'known' ? earlier(name.value, from.index) : undefined
      if (found !== undefined) open.push(found)
    }
    for (const { reference, numbers } of references(from.instructions)) {
      const found =
        numbers && /^[-+]?\d+$/.test(reference)
          ? dockerfile.stages[Number(reference)]
          : last.get(toLower(reference))
      if (found !== undefined && found.index < from.index) open.push(found)
    }
  }
  return dockerfile.stages.filter(({ index }) => needed.has(index))
}

/** What COPY and RUN of a stage take files from, as written. */
export function* references(
  instructions: readonly Instruction[],
): Generator<{ reference: string; numbers: boolean }> {
  for (const instruction of instructions) {
    if (instruction.keyword === 'COPY' && instruction.from !== undefined) {
      yield { reference: instruction.from.raw, numbers: true }
    }
    if (instruction.keyword !== 'RUN') continue
    for (const { options } of instruction.mounts) {
      const from = options.get('from')
      if (from !== undefined) yield { reference: from.raw, numbers: false }
    }
  }
}

function nearestEarlierNames(dockerfile: Dockerfile): (name: string, before: number) => Stage | undefined {
  const byName = new Map<string, Stage[]>()
  for (const stage of dockerfile.stages) {
    if (stage.name === undefined) continue
    const list = byName.get(stage.name)
    if (list === undefined) byName.set(stage.name, [stage])
    else list.push(stage)
  }
  return (name, before) => byName.get(name)?.findLast(({ index }) => index < before)
}
