import { analyse } from '../../../server/src/analysis/index.ts'
import { catalogue, combine, declaredBaseImages } from '../../../server/src/base-images/index.ts'
import { type ExplainedPath, explain } from '../../../server/src/explain/index.ts'
import { type Case, declarations, type Observed } from './cases.ts'
import { memoryContext } from './memory-context.ts'

const known = catalogue()

/** What `unroot explain --format json --paths …` says for certain and is not so. */
export function wrongInExplanation(one: Case, observed: Observed): readonly string[] {
  const wrong: string[] = []
  const differ = (what: string, said: unknown, seen: unknown) => {
    if (said !== null && seen !== undefined && JSON.stringify(said) !== JSON.stringify(seen))
      wrong.push(`${one.id} ${what}: seen ${JSON.stringify(seen)}, said ${JSON.stringify(said)}`)
  }
  const paths = observed.run?.paths ?? {}
  const analysis = analyse(one.dockerfile, {
    context: memoryContext(one.context ?? []),
    baseImages: combine(declaredBaseImages(one.baseImages ?? declarations(), known), known),
    builder: one.buildkit ? 'buildkit' : 'classic',
    ...(one.target === undefined ? {} : { target: one.target }),
    ...(one.buildArgs ? { buildArgs: one.buildArgs } : {}),
  })
  const said = explain(analysis, { file: one.id, paths: Object.keys(paths) })
  const failures = said.stages
    .filter(({ index }) => analysis.timeline.needed.has(index))
    .flatMap(({ instructions }) => instructions)
    .filter(({ fails }) => fails && fails.certainty !== 'possible')
  const failing = failures.find(({ fails }) => fails?.certainty === 'certain') ?? failures[0]
  differ(
    'fails in line',
    failing?.line ?? 'nowhere',
    observed.build.ok ? 'nowhere' : (observed.build.errorLine ?? failing?.line),
  )
  const { runtime } = said
  const { run } = observed
  if (!observed.build.ok || !run || !runtime || one.probe.flags) return wrong
  differ(
    'start fails',
    runtime.fails?.certainty === 'certain' &&
      /-not-found$/.test(runtime.fails.reason) &&
      runtime.fails.reason !== 'command-not-found',
    !run.started,
  )
  if (!run.started) return wrong
  const { identity } = runtime
  if (identity.certainty === 'certain')
    for (const key of ['uid', 'gid', 'groups', 'home'] as const) differ(key, identity[key], run[key])
  differ('workdir', runtime.workdir, run.cwd)
  for (const [path, seen] of Object.entries(paths)) {
    const there = said.paths[path] as ExplainedPath
    if (there.kind === 'missing') differ(path, 'missing', seen.kind)
    else if (there.certainty === 'certain' && there.kind !== null) {
      differ(`kind of ${path}`, there.kind === 'other' ? 'character special file' : there.kind, seen.kind)
      const owner = there.uid === null || there.gid === null ? null : `${there.uid}:${there.gid}`
      differ(`owner of ${path}`, owner, seen.owner)
      differ(`mode of ${path}`, there.mode, seen.mode)
      differ(`${path} writable`, there.writable, seen.writable)
    }
  }
  return wrong
}
