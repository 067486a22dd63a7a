import { pathsBelow } from '../../image/index.ts'
import type { Subject } from '../subject.ts'

/** Programs that were given capabilities with setcap. */
export function withFileCapabilities(
  files: Subject['runtime']['state']['files'],
): readonly { readonly path: string; readonly capabilities: string }[] {
  const found: { path: string; capabilities: string }[] = []
  for (const { path, node } of pathsBelow(files, '/'))
    if (node.capabilities !== undefined && node.exists !== 'possible')
      found.push({ path, capabilities: node.capabilities })
  return found
}
