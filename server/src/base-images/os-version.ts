// Release names as tags of official images carry them.
const releases: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  debian: {
    wheezy: '7',
    jessie: '8',
    stretch: '9',
    buster: '10',
    bullseye: '11',
    oldoldstable: '11',
    bookworm: '12',
    oldstable: '12',
    trixie: '13',
    stable: '13',
    forky: '14',
    testing: '14',
  },
  ubuntu: {
    trusty: '14.04',
    xenial: '16.04',
    bionic: '18.04',
    focal: '20.04',
    jammy: '22.04',
    lunar: '23.04',
    mantic: '23.10',
    noble: '24.04',
    oracular: '24.10',
    plucky: '25.04',
    questing: '25.10',
    resolute: '26.04',
    stonking: '26.10',
  },
}

// Where the number of the tag is the one of the system: `debian:12`, `alpine:3.22`, `rockylinux:9`.
const systemImages: ReadonlySet<string> = new Set(
  'debian ubuntu alpine fedora centos rockylinux almalinux oraclelinux amazonlinux photon'
    .split(' ')
    .map((name) => `docker.io/library/${name}`)
    .concat([
      'quay.io/centos/centos',
      'quay.io/fedora/fedora',
      'docker.io/rockylinux/rockylinux',
      'docker.io/almalinux/almalinux',
    ]),
)

/** The Linux distribution that a repository or tag names (`zulu-openjdk-alpine`, `9-jre8-alpine`, `12-bookworm`); null where none. */
export function systemInName(repository: string, tag: string | null): 'alpine' | 'debian' | 'ubuntu' | null {
  const words = `${repository.slice(repository.lastIndexOf('/') + 1)}-${tag ?? ''}`
    .toLowerCase()
    .split(/[^a-z]+/)
  if (words.includes('alpine')) return 'alpine'
  for (const os of ['debian', 'ubuntu'] as const)
    if (
      words.some((word) => Object.hasOwn(releases[os] as object, word) && !/^(old|stable|testing)/.test(word))
    )
      return os
  return null
}

/** The version of the system that a tag names; null where it names none. */
export function osVersionInTag(os: string, repository: string, tag: string): string | null {
  const names = releases[os]
  if (names)
    for (const word of tag.toLowerCase().split(/[^a-z]+/)) if (names[word] !== undefined) return names[word]
  if (os === 'ubuntu') {
    const version = /(?:^|[^\d.])(\d\d\.(?:04|10))(?![\d])/.exec(tag)?.[1]
    if (version !== undefined) return version
  }
  if (os === 'alpine') {
    const version = /alpine-?(3\.\d+)/.exec(tag)?.[1]
    if (version !== undefined) return version
  }
  if (os === 'rhel') {
    const version = /(?:^|\/|-)ubi(\d+)/.exec(`${repository}-${tag}`)?.[1]
    if (version !== undefined) return version
  }
  if (systemImages.has(repository)) return /^v?(\d+(?:\.\d+)?)/.exec(tag)?.[1] ?? null
  return null
}

/** As people name a release: a point release of Debian is not one, `24` is `24.04` for Ubuntu. */
export function normalVersion(os: string, version: string | null): string | null {
  if (version === null) return null
  if (os === 'debian') return version.split('.')[0] as string
  if (os === 'ubuntu') return version.includes('.') ? version : `${version}.04`
  return version
}
