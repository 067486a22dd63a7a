import { toLower } from './characters.ts'
import { expandWord } from './shell-words.ts'
import type { Dockerfile, Instruction, Stage, Variable } from './types.ts'

/** What is looked up in dockerfile2llb/convert.go: addState, findStateByName, findStateByIndex. */

/**
 * The stage that a FROM of `before` names: the nearest earlier one. BuildKit compares the reference as written with
 * names in lower case, so `FROM Build` never means the stage `build`.
 */
export function baseStageOf(dockerfile: Dockerfile, reference: string, before: Stage): Stage | undefined {
  const list = stagesByName(dockerfile).get(reference) ?? []
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((list[middle] as Stage).index < before.index) low = middle + 1
    else high = middle
  }
  return list[low - 1]
}

const names = new WeakMap<Dockerfile, ReadonlyMap<string, readonly Stage[]>>()

function stagesByName(dockerfile: Dockerfile): ReadonlyMap<string, readonly Stage[]> {
  const known = names.get(dockerfile)
  if (known !== undefined) return known
  const byName = new Map<string, Stage[]>()
  for (const stage of dockerfile.stages) {
    if (stage.name === undefined) continue
    const list = byName.get(stage.name)
    if (list === undefined) byName.set(stage.name, [stage])
    else list.push(stage)
  }
  names.set(dockerfile, byName)
  return byName
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
  // Of several stages with one name, the last is meant: references are looked up when all stages are known.
  return stagesByName(dockerfile).get(toLower(reference))?.at(-1)
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
  const needed = new Set<Stage>()
  const open: Stage[] = [stage]
  for (let current = open.pop(); current !== undefined; current = open.pop()) {
    if (needed.has(current)) continue
    needed.add(current)
    for (const found of stagesUsedBy(dockerfile, current, lookup)) open.push(found)
  }
  return dockerfile.stages.filter((one) => needed.has(one))
}

function* stagesUsedBy(
  dockerfile: Dockerfile,
  stage: Stage,
  lookup: (name: string) => Variable,
): Generator<Stage> {
  const { image } = stage.from
  if (image !== undefined) {
    const name = expandWord(image.raw, lookup, { escape: dockerfile.escape })
    const base = name.kind === 'known' ? baseStageOf(dockerfile, name.value, stage) : undefined
    if (base !== undefined) yield base
  }
  for (const { reference, numbers } of references(stage.referring)) {
    const found = stageOf(dockerfile, reference, stage, { numbers })
    if (found !== undefined) yield found
  }
}

/** Whether an instruction names another stage or image that it takes files from. */
export function refers(instruction: Instruction): boolean {
  if (instruction.keyword === 'COPY') return instruction.from !== undefined
  return instruction.keyword === 'RUN' && instruction.mounts.some(({ options }) => options.has('from'))
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
