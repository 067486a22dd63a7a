import { familiarName } from './reference.ts'
import type { BaseImageFacts } from './types.ts'

/**
 * The catalogue's text for the non-root variant, with the tag of this FROM put in. A reference is given only where
 * the variant is a drop-in: the same software on the same system. Chiselled .NET images and rootless editions are not.
 */
const dropIns: readonly {
  readonly text: RegExp
  /** Undefined where there is no variant of that tag at all. */
  readonly reference: (repository: string, tag: string | null) => string | null | undefined
}[] = [
  {
    // gcr.io/distroless/*: `nonroot`, `debug-nonroot`, and those with an architecture: `nonroot-amd64`.
    text: /^gcr\.io\/distroless\/<image>:/,
    reference: (repository, tag) => {
      const [, debug = '', architecture = ''] =
        /^(?:latest|(debug))?(-[a-z0-9]+)?$/.exec(tag ?? 'latest') ?? []
      const known =
        tag === null || /^(?:latest|debug)(?:-(?:amd64|arm64|arm|s390x|ppc64le|riscv64))?$/.test(tag)
      return known ? `${repository}:${debug ? 'debug-' : ''}nonroot${architecture}` : null
    },
  },
  {
    text: /nginx-unprivileged/,
    // Not built there: tags with perl, otel or a Debian release other than the current one; and, says its issue 21,
    // what is older than 1.15.12 and 1.16.0.
    reference: (_, tag) => {
      const [, minor] = /^1\.(\d+)/.exec(tag ?? '') ?? []
      if (minor !== undefined && Number(minor) < 16) return undefined
      return /perl|otel/.test(tag ?? '')
        ? null
        : `nginxinc/nginx-unprivileged${tag === null ? '' : `:${tag}`}`
    },
  },
  {
    text: /^tag with -nonroot$/,
    reference: (repository, tag) =>
      tag === null || tag === 'latest' ? null : `${familiarName(repository)}:${tag}-nonroot`,
  },
]

export function nonRootVariant(
  text: string | null,
  repository: string,
  tag: string | null,
): BaseImageFacts['nonRootVariant'] {
  // `USER $APP_UID` alone is advice, not another image.
  if (text === null || text.startsWith('USER ')) return null
  const dropIn = dropIns.find((entry) => entry.text.test(text))
  const reference = dropIn ? dropIn.reference(repository, tag) : null
  if (reference === undefined) return null
  const plain = text
    .replace('<image>', repository.slice(repository.lastIndexOf('/') + 1))
    .replace('<same tag>', tag ?? 'latest')
    .replace('<version>', /^\d+(?:\.\d+)*/.exec(tag ?? '')?.[0] ?? '<version>')
    .replace(/^docker\.io\/(?:library\/)?/, '')
  return { text: reference ?? plain, reference }
}
