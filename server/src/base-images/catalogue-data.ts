import data from './data/catalogue.json' with { type: 'json' }
import type { BaseTools, StepDown } from './types.ts'

/** One entry of the catalogue, as the research has it. */
export interface CatalogueRecord {
  readonly os: string
  readonly osVersion: string | null
  /** `written`: as USER stands in the image; undefined for none. */
  readonly user: { name: string | null; uid: number | null; gid: number | null; written: string | undefined }
  readonly users: readonly { name: string; uid: number | null; gid: number | null; home: string | null }[]
  readonly stepsDownBy: StepDown | null
  readonly mustStartAsRoot: boolean
  readonly tools: Omit<BaseTools, 'programs'>
  readonly programs: readonly (readonly [string, boolean])[]
  readonly ports: readonly string[]
  readonly nonRootVariant: string | null
  readonly certainty: 'certain' | 'likely' | 'possible'
}

interface Rule {
  readonly order: number
  readonly repository: string
  /** Undefined: any tag. */
  readonly tag: RegExp | undefined
  readonly record: number
}
interface Index {
  readonly exact: ReadonlyMap<string, readonly Rule[]>
  /** Repositories with a `*`. */
  readonly patterns: readonly Rule[]
}

type RawRecord = [
  os: string,
  osVersion: string | null,
  user: [name: string | null, uid: number | null, gid: number | null, written: string | 0],
  users: number[],
  stepsDown: StepDown | null,
  mustStartAsRoot: number,
  tools: number,
  ports: string[],
  variant: string | null,
  confidence: 0 | 1 | 2,
]
type RawTools = [
  useradd: boolean | null,
  adduser: BaseTools['adduser'],
  shell: boolean | null,
  gosu: boolean | null,
  suExec: boolean | null,
  setpriv: boolean | null,
]
// JSON modules have wide types; the generator wrote these shapes.
const records = data.records as unknown as readonly RawRecord[]
const tools = data.tools as unknown as readonly RawTools[]
const users = data.users as unknown as readonly [string, number | null, number | null, string | null][]
const rules = data.rules as unknown as readonly [repository: number, tag: string | null, record: number][]
const aliases = data.aliases as unknown as readonly [pattern: string, target: string][]
const live = data.live as unknown as Readonly<Record<string, string>>

let built: Index | undefined

function index(): Index {
  if (built) return built
  const exact = new Map<string, Rule[]>()
  const patterns: Rule[] = []
  rules.forEach(([number, tag, record], order) => {
    const repository = data.repositories[number] as string
    const rule = { order, repository, tag: tag === null ? undefined : new RegExp(tag), record }
    if (repository.includes('*')) patterns.push(rule)
    else {
      const of = exact.get(repository)
      if (of) of.push(rule)
      else exact.set(repository, [rule])
    }
  })
  built = { exact, patterns }
  return built
}

/** The text that `*` stands for; undefined where the name does not fit. Patterns have one `*`, which matches slashes too. */
function wildcard(pattern: string, name: string): string | undefined {
  const star = pattern.indexOf('*')
  const before = pattern.slice(0, star)
  const after = pattern.slice(star + 1)
  const fits = name.length >= before.length + after.length && name.startsWith(before) && name.endsWith(after)
  return fits ? name.slice(before.length, name.length - after.length) : undefined
}

/** The repository that another name stands for: `public.ecr.aws/docker/library/x` is the official `x`. */
export function withoutAlias(repository: string): string {
  for (const [pattern, target] of aliases) {
    const part = wildcard(pattern, repository)
    if (part !== undefined) return target.replace('*', part)
  }
  return repository
}

/** The first rule that fits. @param tag null for an unknown one: only rules for any tag fit. */
/** `vague`: found by a pattern over several repositories (`docker.io/bitnami/*`), which one of them may not fit. */
export function findRecord(
  repository: string,
  tag: string | null,
): { readonly record: number; readonly vague: boolean } | undefined {
  const { exact, patterns } = index()
  const fits = (rule: Rule) => rule.tag === undefined || (tag !== null && rule.tag.test(tag))
  const byName = exact.get(repository)?.find(fits)
  const byPattern = patterns.find(
    (rule) =>
      (byName === undefined || rule.order < byName.order) &&
      fits(rule) &&
      wildcard(rule.repository, repository) !== undefined,
  )
  const rule = byPattern ?? byName
  return rule && { record: rule.record, vague: byPattern !== undefined }
}

/** Only a rule for the whole namespace (`goharbor/*`) speaks of this repository. */
export function isWholeNamespace(repository: string, tag: string | null): boolean {
  const { exact, patterns } = index()
  const fits = (rule: Rule) => rule.tag === undefined || (tag !== null && rule.tag.test(tag))
  if (exact.get(repository)?.some(fits)) return false
  const pattern = patterns.find((rule) => fits(rule) && wildcard(rule.repository, repository) !== undefined)
  return pattern?.repository.endsWith('/*') ?? false
}

export function readRecord(number: number): CatalogueRecord {
  const [os, osVersion, user, userNumbers, stepsDownBy, mustStart, toolNumber, ports, variant, confidence] =
    records[number] as RawRecord
  const [useradd, adduser, shell, gosu, suExec, setpriv] = tools[toolNumber] as RawTools
  const [name, uid, gid, written] = user
  const programs = Object.entries({ gosu, 'su-exec': suExec, setpriv, useradd, groupadd: useradd })
  return {
    os,
    osVersion,
    user: { name, uid, gid, written: written === 0 ? undefined : written },
    users: userNumbers.map((of) => {
      const [name, uid, gid, home] = users[of] as (typeof users)[number]
      return { name, uid, gid, home }
    }),
    stepsDownBy,
    mustStartAsRoot: mustStart === 1,
    tools: { useradd, adduser, shell },
    programs: programs.flatMap(([name, there]) => (there === null ? [] : [[name, there] as const])),
    ports,
    nonRootVariant: variant,
    certainty: (['certain', 'likely', 'possible'] as const)[confidence],
  }
}

/** A version that its project no longer builds: the image is older than the catalogue's default for it. */
export function isFrozen(repository: string, tag: string): boolean {
  const versions = live[repository.replace('docker.io/library/', '')]
  const number = /^v?(\d+(?:\.\d+)*)/.exec(tag)?.[1]
  return versions !== undefined && number !== undefined && !versions.split(' ').includes(number)
}

/** Every repository that the catalogue names without a pattern, familiar ones first: for completion. */
export function repositories(): readonly string[] {
  return data.repositories.filter((name) => !name.includes('*'))
}
