import { parseReference } from '../base-images/index.ts'

/** A build as a Compose or bake file declares it; paths as written. */
export interface BuildDeclaration {
  /** Of the service or target. */
  readonly name: string
  /** Names that the image gets. */
  readonly references: readonly string[]
  readonly context: string
  readonly dockerfile: string | undefined
  readonly target: string | undefined
  readonly args: Readonly<Record<string, string>>
  /** `additional_contexts`, `contexts`: names that FROM may use in this build. */
  readonly contexts: Readonly<Record<string, string>>
}

/** A Dockerfile that makes an image of the workspace. Paths are absolute. */
export interface WorkspaceBuild {
  readonly name: string
  readonly references: readonly string[]
  readonly dockerfile: string
  readonly context: string
  readonly target: string | undefined
  readonly args: Readonly<Record<string, string>>
  readonly contexts: Readonly<Record<string, string>>
  /** The file that says so. */
  readonly declaredIn: string
}

/** Joins and folds paths; as node:path does, but also where there is none. */
export interface Paths {
  resolve(folder: string, path: string): string
  dirname(path: string): string
}

/** Makes paths absolute; builds from a Git or HTTP address, or with the Dockerfile in the YAML, are left out. */
export function absoluteBuilds(
  declared: readonly BuildDeclaration[],
  file: string,
  paths: Paths,
): WorkspaceBuild[] {
  const folder = paths.dirname(file)
  return declared.flatMap(({ context, dockerfile, ...rest }) => {
    if (/^[a-z][a-z0-9+.-]*:\/\/|^git@|^github\.com\//i.test(context)) return []
    const root = paths.resolve(folder, context)
    return [
      {
        ...rest,
        context: root,
        dockerfile: paths.resolve(root, dockerfile ?? 'Dockerfile'),
        declaredIn: file,
      },
    ]
  })
}

/** By the name that FROM would use: repository and tag. A name that two builds claim differently is nobody's. */
export function buildsByReference(builds: readonly WorkspaceBuild[]): ReadonlyMap<string, WorkspaceBuild> {
  const found = new Map<string, WorkspaceBuild | undefined>()
  for (const build of builds)
    for (const reference of build.references) {
      const key = referenceKey(reference)
      if (key === undefined) continue
      const before = found.get(key)
      const same = before?.dockerfile === build.dockerfile && before.target === build.target
      found.set(key, found.has(key) && !same ? undefined : build)
    }
  return new Map([...found].flatMap(([key, build]) => (build ? [[key, build] as const] : [])))
}

/** A digest names one image for ever, so never one that is still to be built. */
export function referenceKey(reference: string): string | undefined {
  const parsed = parseReference(reference)
  return !parsed || parsed.digest !== null ? undefined : `${parsed.repository}:${parsed.tag ?? 'latest'}`
}
