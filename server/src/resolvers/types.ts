import type { BaseImages } from '../base-images/index.ts'
import type { Message } from '../l10n/index.ts'

/**
 * A source of base images outside of this process. `images` answers at once with what is known by now;
 * what it did not know it goes and asks, and tells the listeners when that changed an answer.
 */
export interface SlowImages {
  readonly images: BaseImages
  /** Resolves when nothing is being asked any more. */
  settled(): Promise<void>
  /** @returns stops listening */
  onChange(listener: () => void): () => void
  /** Forgets answers that may have become old; they are asked again when somebody needs them. */
  refresh(): void
  /** Stops all processes and requests. Answers stay as they are. */
  dispose(): void
}

/** One line for the log, for people: what could not be found out and why. */
export type Note = (message: Message) => void
