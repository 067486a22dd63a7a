import type { RemoteBuildContext } from '../build-context/index.ts'
import type { Note, SlowImages, WorkspaceImages } from '../resolvers/index.ts'
import type { verifyImage } from '../verify/node.ts'

/** What the server needs of the machine that it runs on. Node has a disk and engines, a browser has neither. */
export interface Host {
  /** Files near this document; undefined: they are not in reach, the client has to be asked. */
  filesOf(uri: string): Files | undefined
  /** The local engine. Asked for in trusted workspaces only. */
  engineImages?(note: Note): SlowImages
  /** Registries. Asked for in trusted workspaces only, and where somebody turned them on. */
  registryImages?(note: Note): SlowImages
  /** What other Dockerfiles of these folders build. */
  workspaceImages?(folders: readonly string[], note: Note): WorkspaceImages
  /** The document's path, as `workspaceImages` knows it. */
  pathOf?(uri: string): string | undefined
  /** Builds and starts an image with the local engine. Only for a person who asks, and in trusted workspaces. */
  verifyImage?: typeof verifyImage
}

/** Files near a document. */
export interface Files {
  /** Text of a small file; null where there is none. */
  read(uri: string): Promise<string | null>
  /** The folder of the document as build context. @param changed is called when answers that were 'unknown' are there */
  buildContext(documentUri: string, changed: () => void): RemoteBuildContext
}
