/** The whole image at once: what to change in the file, and how to run what it makes. */

/** One edit with a step for each change, and what is left for a person. */
export { harden } from './harden.ts'
export { contextWith } from './plan.ts'
/** The flags alone, and what they rest on. */
export { flagsOf } from './runtime/docker.ts'
/** `docker run`, Compose and Kubernetes with as little power as the image needs. */
export { runtimeGuidance } from './runtime/guidance.ts'
export { type Powers, powersOf } from './runtime/powers.ts'
/** A place that the workload writes at run time. */
export type { WrittenPath } from './written-paths.ts'
