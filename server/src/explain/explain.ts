import type { Analysis } from '../analysis/index.ts'
import type { Dockerfile, LineIndex } from '../dockerfile/index.ts'
import type { Failure, Identity, Runtime, StageTimeline, Step } from '../image/index.ts'
import { absolute, allowed, find, mayChangeEntries, nodeAt, octal } from '../image/index.ts'
import { type Certainty, type Known, knownValue, type Origin, weaker } from '../known.ts'
import { inEnglish } from '../l10n/index.ts'
import { isTold } from './rows.ts'
import type {
  ExplainedFailure,
  ExplainedIdentity,
  ExplainedInstruction,
  ExplainedPath,
  ExplainedRuntime,
  ExplainedStage,
  Explanation,
} from './types.ts'

export interface ExplainRequest {
  readonly file: string
  /** Absolute paths to look at, as the image has them at run time. */
  readonly paths?: readonly string[]
  /** 1-based: only the instruction that stands there. */
  readonly line?: number
}

/** The whole picture as plain data. */
export function explain(analysis: Analysis, { file, paths = [], line }: ExplainRequest): Explanation {
  const { timeline, dockerfile } = analysis
  const { runtime } = timeline
  const stages = timeline.stages.map((stage) => stageOf(stage, dockerfile, line))
  return {
    version: 1,
    file,
    stages: line === undefined ? stages : stages.filter(({ instructions }) => instructions.length > 0),
    runtime: runtime ? runtimeOf(runtime, dockerfile.lines) : null,
    paths: Object.fromEntries(paths.map((path) => [path, pathOf(path, runtime)])),
  }
}

function stageOf(timeline: StageTimeline, dockerfile: Dockerfile, line: number | undefined): ExplainedStage {
  const { lines } = dockerfile
  const { stage, final, reference, parent, base } = timeline
  return {
    index: stage.index,
    name: stage.name ?? null,
    line: stage.from.startLine,
    base: {
      reference: reference ?? stage.from.image?.raw ?? '',
      resolvedBy: parent ? 'stage' : (base?.resolvedBy ?? 'unknown'),
      os: osOf(timeline),
    },
    instructions: timeline.steps
      .filter((step) => isTold(step, line))
      .map((step) => instructionOf(step, dockerfile)),
    users: final.accounts.users.map(({ name, uid, gid, home, origin }) => ({
      name,
      uid: knownValue(uid) ?? null,
      gid: knownValue(gid) ?? null,
      home: knownValue(home) ?? null,
      line: lineOf(origin, lines),
    })),
    groups: final.accounts.groups.map(({ name, gid, origin }) => ({
      name,
      gid: knownValue(gid) ?? null,
      line: lineOf(origin, lines),
    })),
  }
}

function osOf({ base, parent }: StageTimeline): string | null {
  return parent ? osOf(parent) : (base?.os ?? null)
}

function instructionOf(step: Step, { lines, problems }: Dockerfile): ExplainedInstruction {
  const { range } = step.instruction
  // What the builder refuses to read fails as surely as what cannot run.
  const refused = problems.find(
    (problem) =>
      problem.severity === 'error' && range.start <= problem.range.start && problem.range.start <= range.end,
  )
  return {
    line: step.instruction.startLine,
    keyword: step.instruction.keyword,
    identity: explainIdentity(step.before.identity),
    workdir: knownValue(step.before.workdir) ?? null,
    fails: refused
      ? {
          reason: 'other',
          certainty: 'certain',
          message: inEnglish(refused.message),
          line: lines.positionAt(refused.range.start).line + 1,
        }
      : failureOf(step.failure, lines),
  }
}

export function explainIdentity({ uid, gid, groups, user, group, home }: Identity): ExplainedIdentity {
  return {
    uid: knownValue(uid) ?? null,
    gid: knownValue(gid) ?? null,
    groups: knownValue(groups) ?? null,
    user: knownValue(user) ?? null,
    group: knownValue(group) ?? null,
    home: knownValue(home) ?? null,
    certainty: uid.certainty === 'unknown' ? 'unknown' : weakest([uid, gid, groups, home]),
  }
}

/** What is not known is null, and says so itself. */
function weakest(facts: readonly Known<unknown>[], start: Certainty = 'certain'): Certainty {
  return facts.reduce<Certainty>(
    (sure, { certainty }) => (certainty === 'unknown' ? sure : weaker(sure, certainty)),
    start,
  )
}

function failureOf(failure: Failure | undefined, lines: LineIndex): ExplainedFailure | null {
  if (failure === undefined) return null
  const { reason, certainty, message, range } = failure
  return { reason, certainty, message: inEnglish(message), line: lines.positionAt(range.start).line + 1 }
}

function lineOf(origin: Origin, lines: LineIndex): number | null {
  return origin.kind === 'instruction' ? lines.positionAt(origin.range.start).line + 1 : null
}

function runtimeOf({ stage, state, dropsPrivileges, failure }: Runtime, lines: LineIndex): ExplainedRuntime {
  return {
    stage: stage.stage.index,
    identity: explainIdentity(state.identity),
    workdir: knownValue(state.workdir) ?? null,
    entrypoint: state.entrypoint?.argv ?? [],
    cmd: state.cmd?.argv ?? [],
    ports: [...state.ports].map(({ port }) => port),
    volumes: [...new Set([...state.volumes].map(({ path }) => path))],
    env: Object.fromEntries(
      [...state.env]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, value]) => [name, knownValue(value) ?? null]),
    ),
    dropsPrivileges: dropsPrivileges
      ? {
          by: dropsPrivileges.by,
          to: knownValue(dropsPrivileges.to) ?? null,
          certainty: dropsPrivileges.certainty,
        }
      : null,
    fails: failureOf(failure, lines),
  }
}

const unknownPath: ExplainedPath = {
  kind: null,
  uid: null,
  gid: null,
  mode: null,
  writable: null,
  certainty: 'unknown',
}

/** The very path, as lstat(2) sees it; whether it may be written is a question to what a link leads to. */
function pathOf(path: string, runtime: Runtime | undefined): ExplainedPath {
  if (runtime === undefined) return unknownPath
  const { files, identity } = runtime.state
  const place = absolute(path)
  const { node } = find(files, place, false)
  if (node.kind === 'missing') return node.exists === 'certain' ? { kind: 'missing' } : unknownPath
  const may =
    nodeAt(files, place).kind === 'directory'
      ? mayChangeEntries(files, place, identity)
      : allowed(files, place, identity, 'write')
  const mode = knownValue(node.mode)
  return {
    kind: node.kind === 'unknown' ? null : node.kind,
    uid: knownValue(node.owner) ?? null,
    gid: knownValue(node.group) ?? null,
    mode: mode === undefined ? null : octal(mode),
    writable: knownValue(may) ?? null,
    certainty:
      node.kind === 'unknown' ? 'unknown' : weakest([node.owner, node.group, node.mode, may], node.exists),
  }
}
