import { readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { analyse } from '../analysis/index.ts'
import type { BaseImageFacts, BaseImages } from '../base-images/index.ts'
import { catalogue, combine } from '../base-images/index.ts'
import { nodeBuildContext } from '../build-context/node.ts'
import {
  createEngineImages,
  createRegistryImages,
  createWorkspaceImages,
  type Note,
  type SlowImages,
  type WorkspaceBuild,
  type WorkspaceImages,
} from '../resolvers/index.ts'
import { factsOfBuild } from './build-facts.ts'

/** Sources of base images that need a machine with a disk. */

export function engineImages(note: Note): SlowImages {
  return createEngineImages({ cacheFolder: cacheFolder(), note })
}

export function registryImages(note: Note): SlowImages {
  return createRegistryImages({ cacheFolder: cacheFolder(), note, known: catalogue() })
}

export function workspaceImages(folders: readonly string[], note: Note): WorkspaceImages {
  return createWorkspaceImages({ folders, evaluate: rememberingBuilds(), note })
}

const sizeLimit = 1024 * 1024

const rememberedFor = 2_000 // milliseconds: its base may change, or become known

/** Evaluates the Dockerfile of a build; for a while the answer is kept. */
function rememberingBuilds(): (build: WorkspaceBuild, images: BaseImages) => BaseImageFacts | undefined {
  const known = new Map<
    string,
    { readonly at: number; readonly changed: number; readonly facts: BaseImageFacts }
  >()
  return (build, images) => {
    const changed = changeOf(build.dockerfile)
    if (changed === undefined) return undefined
    const key = JSON.stringify([build.dockerfile, build.target, build.args])
    const before = known.get(key)
    if (before?.changed === changed && performance.now() - before.at < rememberedFor) return before.facts
    const analysis = analyse(readFileSync(build.dockerfile, 'utf8'), {
      context: nodeBuildContext(build.context, build.dockerfile),
      baseImages: combine(images, catalogue()),
      buildArgs: build.args,
      ...(build.target === undefined ? {} : { target: build.target }),
    })
    const facts = factsOfBuild(analysis, build.references[0] ?? build.name)
    if (facts) known.set(key, { at: performance.now(), changed, facts })
    return facts
  }
}

function changeOf(path: string): number | undefined {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats?.isFile() && stats.size <= sizeLimit ? stats.mtimeMs : undefined
}

/** Where facts about images are kept between sessions. */
function cacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env
  const base = process.platform === 'win32' ? LOCALAPPDATA : XDG_CACHE_HOME
  return join(base || join(homedir(), '.cache'), 'unroot', 'images')
}
