/** Tar archives, plain or compressed, read as streams and with limits. */
export { compressionOf } from './compression.ts'
export { firstTarEntry, isTarHeader, type TarEntry } from './first-member.ts'
export { readTar, type TarLimits, type TarMember, type TarResult } from './tar.ts'
