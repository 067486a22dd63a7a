/** What the local engine (docker, podman) has. */
export { createEngineImages, type EngineOptions } from './engine.ts'
/** Programs with a time limit. */
export { type ProcessOptions, type ProcessResult, runProcess } from './process.ts'
/** What registries say; opt-in. */
export { createRegistryImages, type RegistryOptions } from './registry.ts'
export type { Note, SlowImages } from './types.ts'
/** What other Dockerfiles of the workspace build. */
export { createWorkspaceImages, type WorkspaceImages, type WorkspaceOptions } from './workspace.ts'
export type { WorkspaceBuild } from './workspace-builds.ts'
