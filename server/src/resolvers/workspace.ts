import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { glob } from 'tinyglobby'
import type { BaseImageFacts, BaseImages } from '../base-images/index.ts'
import { text } from '../l10n/index.ts'
import { readBakeHcl, readBakeJson } from './bake.ts'
import { readCompose } from './compose.ts'
import type { Note, SlowImages } from './types.ts'
import {
  absoluteBuilds,
  type BuildDeclaration,
  buildsByReference,
  referenceKey,
  type WorkspaceBuild,
} from './workspace-builds.ts'

export interface WorkspaceOptions {
  /** Folders that are searched for Compose and bake files. */
  readonly folders: readonly string[]
  /**
   * What the image of a build is like: reads and evaluates its Dockerfile. Synchronous; `images` answers its FROM.
   * Called again on every question, so it should remember what it worked out.
   */
  readonly evaluate: (build: WorkspaceBuild, images: BaseImages) => BaseImageFacts | undefined
  /** Answers for images that come from elsewhere. */
  readonly others?: BaseImages
  /** For `${NAME}` in these files. */
  readonly env?: ReadonlyMap<string, string>
  readonly note?: Note
}

export interface WorkspaceImages extends SlowImages {
  /** The same for the FROMs of one Dockerfile: named contexts of its build (`additional_contexts`) go first. */
  imagesFor(dockerfile: string): BaseImages
  /** What is known by now, in order of the declaring files. */
  builds(): readonly WorkspaceBuild[]
}

const wanted = [
  '**/compose{,.*}.{yml,yaml}',
  '**/docker-compose{,.*,-*}.{yml,yaml}',
  '**/docker-bake{,.override}.{json,hcl}',
]
const passedOver = ['**/node_modules/**', '**/.git/**', '**/vendor/**', '**/.venv/**']
const maxFiles = 300
const maxSize = 1 << 20
const maxDepth = 20

/** Images that other Dockerfiles of the workspace build, by the names that Compose and bake files give them. */
export function createWorkspaceImages(options: WorkspaceOptions): WorkspaceImages {
  const { folders, evaluate, others, env = new Map<string, string>(), note = () => {} } = options
  const listeners = new Set<() => void>()
  let disposed = false
  let known: readonly WorkspaceBuild[] = []
  let byReference = buildsByReference(known)
  let search: Promise<void> = Promise.resolve()
  /** Builds that are being evaluated: one that needs itself is not answered. */
  const open: WorkspaceBuild[] = []

  const answer = (build: WorkspaceBuild, reference: string): BaseImageFacts | undefined => {
    const same = (other: WorkspaceBuild) =>
      other.dockerfile === build.dockerfile && other.target === build.target
    if (open.length >= maxDepth || open.some(same)) return undefined
    open.push(build)
    try {
      const facts = evaluate(build, imagesFor(build.dockerfile))
      return facts && { ...facts, reference, resolvedBy: 'workspace' }
    } finally {
      open.pop()
    }
  }
  const images: BaseImages = {
    resolve(reference) {
      const key = referenceKey(reference)
      const build = key === undefined ? undefined : byReference.get(key)
      return build && answer(build, reference)
    },
  }
  const imagesFor = (dockerfile: string): BaseImages => ({
    resolve(reference, platform) {
      const contexts = known.filter(
        (build) => build.dockerfile === dockerfile && Object.hasOwn(build.contexts, reference),
      )
      const targets = [...new Set(contexts.map((build) => build.contexts[reference] as string))]
      // Two builds of one Dockerfile may mean different things by a name.
      if (targets.length === 1) {
        const facts = fromContext(contexts[0] as WorkspaceBuild, targets[0] as string, reference, platform)
        if (facts) return facts
      }
      return images.resolve(reference, platform) ?? others?.resolve(reference, platform)
    },
  })
  /** `service:base`, `target:base`, `docker-image://debian:12`; a folder is no image. */
  const fromContext = (
    build: WorkspaceBuild,
    target: string,
    reference: string,
    platform: string | undefined,
  ) => {
    const name = /^(?:service|target):(.+)$/.exec(target)?.[1]
    if (name !== undefined) {
      const other = known.find((one) => one.declaredIn === build.declaredIn && one.name === name)
      return other && answer(other, reference)
    }
    const image = /^docker-image:\/\/(.+)$/.exec(target)?.[1]
    const facts =
      image === undefined ? undefined : (images.resolve(image, platform) ?? others?.resolve(image, platform))
    return facts && { ...facts, reference }
  }

  const look = async () => {
    const found = await findBuilds(folders, env, note)
    if (disposed || JSON.stringify(found) === JSON.stringify(known)) return
    known = found
    byReference = buildsByReference(found)
    for (const listener of [...listeners]) listener()
  }
  const refresh = () => {
    search = search
      .then(look)
      .catch((error) => note(text`The workspace could not be searched for builds: ${String(error)}`))
  }
  refresh()

  return {
    images,
    imagesFor,
    builds: () => known,
    settled: () => search,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    refresh,
    dispose() {
      disposed = true
      listeners.clear()
    },
  }
}

async function findBuilds(
  folders: readonly string[],
  env: ReadonlyMap<string, string>,
  note: Note,
): Promise<WorkspaceBuild[]> {
  const builds: WorkspaceBuild[] = []
  for (const folder of folders) {
    const files = await glob(wanted, {
      cwd: folder,
      absolute: true,
      ignore: passedOver,
      deep: 8,
      followSymbolicLinks: false,
    })
    files.sort()
    if (files.length > maxFiles)
      note(text`${folder} has ${files.length} Compose and bake files; the first ${maxFiles} are read.`)
    for (const file of files.slice(0, maxFiles)) {
      const declared = await readDeclarations(file, env)
      if (declared) builds.push(...absoluteBuilds(declared, file, path))
      else note(text`${file} could not be read as a Compose or bake file.`)
    }
  }
  return builds
}

async function readDeclarations(
  file: string,
  env: ReadonlyMap<string, string>,
): Promise<BuildDeclaration[] | undefined> {
  try {
    if ((await stat(file)).size > maxSize) return undefined
    const text = await readFile(file, 'utf8')
    if (file.endsWith('.json')) return readBakeJson(text)
    return file.endsWith('.hcl') ? readBakeHcl(text, env) : readCompose(text, env)
  } catch {
    return undefined
  }
}
