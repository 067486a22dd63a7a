/** From configuration, flags and settings to the options of an analysis; the same for editor and command line. */
export { analysisOptions, isIgnored, type Surroundings, type Wishes } from './analysis-options.ts'
/** Who is asked about base images. */
export { type BaseImageSources, baseImagesFor } from './base-images.ts'
