import { java } from './java.ts'
import { node } from './node.ts'
import { php } from './php.ts'
import { python } from './python.ts'
import { ruby } from './ruby.ts'
import { stores } from './stores.ts'
import { tools } from './tools.ts'
import type { Family } from './types.ts'
import { webServers } from './web-servers.ts'

/** Everything that is known of workloads by their kind. */
export const families: readonly Family[] = [
  ...webServers,
  ...php,
  ...ruby,
  ...python,
  ...node,
  ...java,
  ...stores,
  ...tools,
]

export type * from './types.ts'
