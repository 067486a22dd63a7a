/**
 * What the catalogue does not hold about images that many build on: config, environment, and the folders that they add.
 * Only what their Dockerfiles say for every tag that `tag` admits; where versions differ it is left out.
 */
export interface PopularImage {
  readonly repository: string
  /** Only these tags. */
  readonly tag?: RegExp
  /** Only on this system. */
  readonly os?: string
  readonly workdir?: string
  readonly entrypoint?: readonly string[]
  readonly cmd?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly volumes?: readonly string[]
  /** As in osPaths. */
  readonly paths?: string
  readonly programs?: string
  /** Groups that installed packages make; their numbers depend on the order. */
  readonly groups?: readonly string[]
  /** The accounts of system and catalogue are all there are. */
  readonly complete?: true
  /** The default user has been the same in all tags ever: frozen tags are as certain as current ones. */
  readonly constant?: true
  /** The system's own image: nothing is there that `osPaths` does not name. */
  readonly plain?: true
}

const official = 'docker.io/library/'

export const popularImages: readonly PopularImage[] = [
  { repository: `${official}debian`, complete: true, constant: true, plain: true, cmd: ['bash'] },
  { repository: `${official}ubuntu`, complete: true, constant: true, plain: true, cmd: ['/bin/bash'] },
  { repository: `${official}alpine`, complete: true, constant: true, plain: true, cmd: ['/bin/sh'] },
  { repository: `${official}busybox`, complete: true, constant: true, plain: true, cmd: ['sh'] },
  { repository: `${official}scratch`, complete: true, constant: true, plain: true },
]

/** All entries that hold for an image, in order: later ones add to earlier ones. */
export function popularFor(repository: string, tag: string | null, os: string): readonly PopularImage[] {
  const found = byRepository().get(repository) ?? []
  return found.filter(
    (entry) =>
      (entry.tag === undefined || (tag !== null && entry.tag.test(tag))) &&
      (entry.os === undefined || entry.os === os),
  )
}

let grouped: ReadonlyMap<string, readonly PopularImage[]> | undefined
function byRepository(): ReadonlyMap<string, readonly PopularImage[]> {
  if (grouped) return grouped
  const result = new Map<string, PopularImage[]>()
  for (const entry of popularImages)
    result.set(entry.repository, [...(result.get(entry.repository) ?? []), entry])
  grouped = result
  return result
}
