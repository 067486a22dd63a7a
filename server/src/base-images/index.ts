/** What base images bring, and who says so. */

/** The built-in knowledge of public images. */
export { catalogue } from './catalogue.ts'
/** All images that the catalogue knows by name, for completion. */
export { repositories } from './catalogue-data.ts'
/** Several sources as one: the first answer wins. */
export { combine } from './combine.ts'
/** What `.unroot.json` says about base images. */
export { type BaseImageDeclaration, type BaseImageDeclarations, declaredBaseImages } from './declared.ts'
/** PATH where nobody sets it. */
export { defaultPath } from './default-path.ts'
/** Accounts that a system ships before anybody adds to it. */
export { type OsAccounts, osAccounts } from './os-accounts.ts'
/** Folders and files that a system ships, with owner and mode. */
export { osPaths } from './os-paths.ts'
/** Programs that a system ships. */
export { osPrograms } from './os-programs.ts'
/** `python:3.13@sha256:…` → repository, tag, digest. */
export { parseReference } from './reference.ts'
/** `FROM scratch`. */
export { scratchFacts } from './scratch.ts'
/** For which commands an entrypoint steps down. */
export { stepsDownFor } from './step-down.ts'
export type * from './types.ts'
