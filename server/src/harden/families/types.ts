import type { Message } from '../../l10n/index.ts'
/**
 * What is known of a kind of workload beyond what its Dockerfile says: whom it runs as where that account is there, and what it
 * writes while it runs. Facts, looked up by the planner and by the run-time guidance.
 */
export interface Family {
  /** For people: `nginx`, `a Rails application`. */
  readonly name: string
  readonly when: Recognition
  /** Accounts that the base or the package brings for it, best first. */
  readonly accounts?: readonly string[]
  readonly writes?: readonly WrittenPlace[]
  /** It writes to the home of whom it runs as: what for. */
  readonly home?: Message
}

/** Any of these is enough; `files` narrows the others. */
export interface Recognition {
  /** The base, as written in FROM without registry. */
  readonly images?: RegExp
  /** Programs that the container starts. */
  readonly programs?: RegExp
  /** Words of the start command. */
  readonly command?: RegExp
  /** A file of the working directory, by its name, with this text in it. */
  readonly manifest?: { readonly name: RegExp; readonly holds: RegExp }
}

export interface WrittenPlace {
  /** Absolute, or from the working directory on. */
  readonly path: string
  readonly kind: 'directory' | 'file'
  /** As in `nginx writes its … there`. */
  readonly what: Message
  /** Need not outlive the container: a tmpfs is enough where the file system is read-only. */
  readonly temporary?: true
  /** What is in it is changed too. */
  readonly tree?: true
  /** The package leaves files of root's in it, which the file system of the model does not know. */
  readonly filled?: true
  /** The code lies there too: a volume would keep an old one. */
  readonly code?: true
  /** Only where the image has this path, or its folder. */
  readonly where?: 'there' | 'folder-there'
  /** Only where the image has this path too: it is what makes the program write. */
  readonly needs?: string
  /** Only where the base is this. */
  readonly images?: RegExp
  /** Only where a package of that name was installed here. */
  readonly packages?: RegExp
  /** Only where the text of the file says so. */
  readonly file?: RegExp
}
