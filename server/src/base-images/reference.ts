import type { ImageReference } from './types.ts'

// The grammar of distribution/reference (reference.go, normalize.go), which docker, podman and containerd share.
const domainPart = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])'
const domain = new RegExp(`^(?:${domainPart}(?:\\.${domainPart})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`)
const pathPart = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/
const tagForm = /^\w[\w.-]{0,127}$/
const digestForm = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/
const imageId = /^[a-f0-9]{64}$/ // refused by docker: it could be meant as an id

const maxNameLength = 255

/** Reads an image reference as FROM takes it; undefined where no engine would accept it. */
export function parseReference(text: string): ImageReference | undefined {
  const at = text.indexOf('@')
  const digest = at < 0 ? null : text.slice(at + 1)
  if (digest !== null && !digestForm.test(digest)) return undefined

  const named = at < 0 ? text : text.slice(0, at)
  const colon = named.lastIndexOf(':')
  const hasTag = colon > named.lastIndexOf('/')
  const tag = hasTag ? named.slice(colon + 1) : null
  if (tag !== null && !tagForm.test(tag)) return undefined

  const name = hasTag ? named.slice(0, colon) : named
  if (imageId.test(name)) return undefined
  const slash = name.indexOf('/')
  const first = slash < 0 ? '' : name.slice(0, slash)
  const hasRegistry =
    slash >= 0 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase())
  const registry = hasRegistry ? (hubNames.get(first) ?? first) : 'docker.io'
  if (!domain.test(registry)) return undefined

  const path = hasRegistry ? name.slice(slash + 1) : name
  if (!path.split('/').every((part) => pathPart.test(part))) return undefined
  const full = registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path
  const repository = `${registry}/${full}`
  if (repository.length > maxNameLength) return undefined
  return { repository, tag, digest, familiar: familiarName(repository) }
}

// normalize.go: legacyDefaultDomain; the second is where the Hub really answers.
const hubNames: ReadonlyMap<string, string> = new Map([
  ['index.docker.io', 'docker.io'],
  ['registry-1.docker.io', 'docker.io'],
])

/** The repository as people write it: `python` for `docker.io/library/python`. */
export function familiarName(repository: string): string {
  return repository.replace(/^docker\.io\/(?:library\/)?/, '')
}
