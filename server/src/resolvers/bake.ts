import { type HclValue, readHcl } from './hcl.ts'
import { isJsonObject } from './image-config.ts'
import type { BuildDeclaration } from './workspace-builds.ts'

type Target = Readonly<Record<string, unknown>>

/** The targets of a `docker-bake.json`; undefined where it is none. */
export function readBakeJson(text: string): BuildDeclaration[] | undefined {
  try {
    const file: unknown = JSON.parse(text)
    if (!isJsonObject(file) || !isJsonObject(file.target)) return undefined
    return builds(
      new Map(
        Object.entries(file.target).filter((entry): entry is [string, Target] => isJsonObject(entry[1])),
      ),
    )
  } catch {
    return undefined
  }
}

/**
 * The targets of a `docker-bake.hcl`. Texts, lists, maps and variables are understood; an attribute that needs more
 * (functions, conditions, matrix) is as if it were not there.
 * @param env overrides the defaults of variables, as for bake
 */
export function readBakeHcl(text: string, env: ReadonlyMap<string, string>): BuildDeclaration[] | undefined {
  const blocks = readHcl(text, env)
  if (!blocks) return undefined
  const targets = new Map<string, Target>()
  for (const { type, label, attributes } of blocks)
    if (type === 'target' && label !== undefined)
      targets.set(label, { ...targets.get(label), ...plain(attributes) })
  return builds(targets)
}

function plain(attributes: ReadonlyMap<string, HclValue>): Target {
  return Object.fromEntries(attributes)
}

function builds(targets: ReadonlyMap<string, Target>): BuildDeclaration[] {
  return [...targets.keys()].map((name): BuildDeclaration => {
    const target = inherited(name, targets, new Set())
    const text = (key: string) => (typeof target[key] === 'string' ? target[key] : undefined)
    const tags = Array.isArray(target.tags) ? target.tags.filter((tag) => typeof tag === 'string') : []
    return {
      name,
      references: tags,
      context: text('context') ?? '.',
      dockerfile: text('dockerfile'),
      target: text('target'),
      args: texts(target.args),
      contexts: texts(target.contexts),
    }
  })
}

/** buildx bake: what a target says goes over what it inherits; later parents over earlier ones. */
function inherited(name: string, targets: ReadonlyMap<string, Target>, seen: Set<string>): Target {
  const own = targets.get(name)
  if (!own || seen.has(name)) return {}
  seen.add(name)
  const parents = Array.isArray(own.inherits)
    ? own.inherits.filter((parent) => typeof parent === 'string')
    : []
  const merged: Record<string, unknown> = {}
  for (const layer of [...parents.map((parent) => inherited(parent, targets, new Set(seen))), own])
    for (const [key, value] of Object.entries(layer)) {
      const before = merged[key]
      merged[key] = isJsonObject(before) && isJsonObject(value) ? { ...before, ...value } : value
    }
  return merged
}

function texts(value: unknown): Record<string, string> {
  if (!isJsonObject(value)) return {}
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}
