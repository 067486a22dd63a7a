/**
 * Variables that the builder knows without an ARG in the file.
 * BuildKit: dockerfile2llb/platform.go (defaultArgs) and convert.go (proxyEnvFromBuildArgs).
 */

/** How a platform variable follows from `os/architecture[/variant]` of the platform built on or for. */
export interface PlatformArg {
  readonly of: 'target' | 'build'
  readonly part: 'platform' | 'os' | 'os-version' | 'architecture' | 'variant'
}

/** In scope of every FROM and of ARGs before the first one; a stage sees them after `ARG TARGETARCH`. */
export const platformArgs: Readonly<Record<string, PlatformArg>> = {
  BUILDPLATFORM: { of: 'build', part: 'platform' },
  BUILDOS: { of: 'build', part: 'os' },
  BUILDOSVERSION: { of: 'build', part: 'os-version' },
  BUILDARCH: { of: 'build', part: 'architecture' },
  BUILDVARIANT: { of: 'build', part: 'variant' },
  TARGETPLATFORM: { of: 'target', part: 'platform' },
  TARGETOS: { of: 'target', part: 'os' },
  TARGETOSVERSION: { of: 'target', part: 'os-version' },
  TARGETARCH: { of: 'target', part: 'architecture' },
  TARGETVARIANT: { of: 'target', part: 'variant' },
}

/** Same scope: the stage asked for with `--target`, else the last stage's name, else `default`. */
export const targetStageArg = 'TARGETSTAGE'

/** In every RUN's environment where the build sets them, declared or not; never in the image. Any case of the name works. */
export const proxyArgs = ['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'NO_PROXY', 'ALL_PROXY'] as const

/** Read by the builder itself and kept out of the environment (convert.go: nonEnvArgs). */
export const hiddenArgs = ['BUILDKIT_SBOM_SCAN_CONTEXT', 'BUILDKIT_SBOM_SCAN_STAGE'] as const
