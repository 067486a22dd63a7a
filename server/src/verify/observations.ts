import type { BuildOutcome } from './build.ts'
import type { Started } from './observe.ts'
import type { Seen } from './probe.ts'
import type { ProcessStatus } from './process-status.ts'

/** All that an engine showed of an image. */
export interface Observations {
  readonly build: Exclude<BuildOutcome, { kind: 'timeout' }>
  /** The image without `--user`; only where the flags set one. */
  readonly image?: ProcessStatus | undefined
  /** A program of the image in the place of its own, without mounts. */
  readonly bare?: Seen | undefined
  readonly started?: Started
  /** The same flags with a program of the image, where its own did not stay. */
  readonly second?: Seen | undefined
  /** Its own program without any flags, where it failed with them. */
  readonly plain?: Started
}
