import type { CommandModel } from '../model.ts'
import { buildTools } from './build-tools.ts'
import { nodeTools } from './node-tools.ts'
import { dpkg, packageManagers } from './package-managers.ts'
import { pythonTools } from './python-tools.ts'
import { systemTools } from './system-tools.ts'

/** Package managers, languages' tools and the system's: who may run them, and what they write. */
export const toolCommands: readonly CommandModel[] = [
  ...packageManagers,
  dpkg,
  ...nodeTools,
  ...pythonTools,
  ...buildTools,
  ...systemTools,
]
