import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { type UnrootConfig, withDefaults } from '../config/index.ts'
import type { Note, SlowImages, WorkspaceImages } from '../resolvers/index.ts'
import type { BaseImageSources } from '../setup/index.ts'
import { engineImages, registryImages, workspaceImages } from '../setup/node.ts'

/** Base images beyond the catalogue: other builds of the folders that are checked, the engine, registries. */
export interface ImageSources {
  of(dockerfile: string | undefined, config: UnrootConfig): BaseImageSources
  /** Waits for what was asked. True: an answer came, look again. */
  settle(): Promise<boolean>
  dispose(): void
}

/** @param note is told what a registry did not answer; an engine that is not there is no news */
export function createImageSources(paths: readonly string[], note: Note): ImageSources {
  let changed = false
  const listening = <T extends SlowImages>(source: T): T => {
    source.onChange(() => {
      changed = true
    })
    return source
  }
  const folders = (paths.length > 0 ? paths : ['.']).filter(isFolder).map((path) => resolve(path))
  const workspace: WorkspaceImages | undefined =
    folders.length > 0 ? listening(workspaceImages(folders, () => {})) : undefined
  let engine: SlowImages | undefined
  let registry: SlowImages | undefined

  return {
    of: (dockerfile, config) => {
      const wanted = withDefaults(config).resolve
      if (wanted.engine) engine ??= listening(engineImages(() => {}))
      if (wanted.registry) registry ??= listening(registryImages(note))
      const after = [wanted.engine ? engine : undefined, wanted.registry ? registry : undefined]
      return {
        before: workspace
          ? [dockerfile === undefined ? workspace.images : workspace.imagesFor(dockerfile)]
          : [],
        after: after.flatMap((source) => source?.images ?? []),
      }
    },
    settle: async () => {
      changed = false
      await Promise.all([workspace, engine, registry].map((source) => source?.settled()))
      return changed
    },
    dispose: () => {
      for (const source of [workspace, engine, registry]) source?.dispose()
    },
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
