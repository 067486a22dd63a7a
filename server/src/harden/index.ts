/** The whole image at once: what to change in the file, and how to run what it makes. */

/** One edit with a step for each change, and what is left for a person. */
export { harden } from './harden.ts'
/** `docker run`, Compose and Kubernetes with as little power as the image needs. */
export { runtimeGuidance } from './runtime/guidance.ts'
