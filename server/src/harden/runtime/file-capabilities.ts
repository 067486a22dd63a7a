import { pathsBelow } from '../../image/index.ts'
import type { Subject } from '../subject.ts'
import { familiar } from '../workload.ts'

/** Programs that come with their image and were given capabilities there. */
const ofImages: readonly {
  readonly images: RegExp
  readonly path: string
  readonly capabilities: string
}[] = [
  {
    images: /^(?:library\/)?caddy(?::|@|$)/,
    path: '/usr/bin/caddy',
    capabilities: 'cap_net_bind_service=+ep',
  },
  {
    images: /^dunglas\/frankenphp/,
    path: '/usr/local/bin/frankenphp',
    capabilities: 'cap_net_bind_service=+ep',
  },
  {
    images: /^(?:hashicorp\/|library\/)?vault(?::|@|$)/,
    path: '/bin/vault',
    capabilities: 'cap_ipc_lock=+ep',
  },
]

/** Programs that were given capabilities with setcap. */
export function withFileCapabilities({
  runtime,
  baseReference,
}: Subject): readonly { readonly path: string; readonly capabilities: string }[] {
  const reference = familiar(baseReference ?? '')
  const found: { path: string; capabilities: string }[] = ofImages.filter(({ images }) =>
    images.test(reference),
  )
  for (const { path, node } of pathsBelow(runtime.state.files, '/'))
    if (node.capabilities !== undefined && node.exists !== 'possible')
      found.push({ path, capabilities: node.capabilities })
  return found
}
