import { type BaseImages, catalogue, combine, declaredBaseImages } from '../base-images/index.ts'
import type { UnrootConfig } from '../config/index.ts'

export interface BaseImageSources {
  /** Other Dockerfiles of the workspace; asked first. */
  readonly before?: readonly BaseImages[]
  /** Engine and registry; asked last. */
  readonly after?: readonly BaseImages[]
}

/** Everybody who may know a base image, in the order in which they are asked. */
export function baseImagesFor(
  config: UnrootConfig,
  { before = [], after = [] }: BaseImageSources = {},
): BaseImages {
  const known = combine(...before, catalogue(), ...after)
  const declarations = config.baseImages ?? {}
  const declared = Object.keys(declarations).length > 0 ? [declaredBaseImages(declarations, known)] : []
  return combine(...before, ...declared, catalogue(), ...after)
}
