import { type BaseImages, combine } from '../base-images/index.ts'
import type { Note, SlowImages, WorkspaceImages } from '../resolvers/index.ts'
import type { BaseImageSources } from '../setup/index.ts'
import type { Host } from './host.ts'

export interface ImageSources {
  /** Who knows base images of this document, as far as its configuration lets them be asked. */
  of(uri: string, resolve: { readonly engine: boolean; readonly registry: boolean }): BaseImageSources
  /** The folders of the workspace, by URI: whose Dockerfiles build images for each other. */
  setFolders(folders: readonly string[]): void
  setTrusted(trusted: boolean): void
  trusted(): boolean
  /** Compose or bake files changed: other images may be built here now. */
  refresh(): void
  dispose(): void
}

/** Slow sources are started when the first document needs them, and never in an untrusted workspace. */
export function createImageSources(
  host: Host,
  folders: readonly string[],
  trusted: boolean,
  note: Note,
  changed: () => void,
): ImageSources {
  let allowed = trusted
  const listening = <T extends SlowImages>(source: T | undefined): T | undefined => {
    source?.onChange(changed)
    return source
  }
  const imagesOf = (folders: readonly string[]): WorkspaceImages | undefined =>
    folders.length > 0 ? listening(host.workspaceImages?.(folders, note)) : undefined
  let workspace = imagesOf(folders)
  let engine: SlowImages | undefined
  let registry: SlowImages | undefined

  return {
    of: (uri, resolve) => {
      const path = host.pathOf?.(uri)
      const before: BaseImages[] =
        workspace && path !== undefined
          ? [combine(workspace.imagesFor(path))]
          : workspace
            ? [workspace.images]
            : []
      if (allowed && resolve.engine) engine ??= listening(host.engineImages?.(note))
      if (allowed && resolve.registry) registry ??= listening(host.registryImages?.(note))
      const slow = [resolve.engine ? engine : undefined, resolve.registry ? registry : undefined]
      return { before, after: allowed ? slow.flatMap((source) => source?.images ?? []) : [] }
    },
    setFolders: (folders) => {
      workspace?.dispose()
      workspace = imagesOf(folders)
    },
    setTrusted: (trusted) => {
      allowed = trusted
    },
    trusted: () => allowed,
    refresh: () => workspace?.refresh(),
    dispose: () => {
      for (const source of [workspace, engine, registry]) source?.dispose()
    },
  }
}
