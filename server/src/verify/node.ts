/** Builds and starts images: needs a machine with processes. */

export type { EngineName } from './engine.ts'
export { type VerifyControl, type VerifyRequest, verifyImage } from './verify.ts'
