import { readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nodeBuildContext } from '../build-context/node.ts'
import { engineImages, registryImages, workspaceImages } from '../setup/node.ts'
import { verifyImage } from '../verify/node.ts'
import type { Files, Host } from './host.ts'

const sizeLimit = 1024 * 1024

/** A machine with a disk. */
export const nodeHost: Host = {
  filesOf: (uri) => (pathOf(uri) === undefined ? undefined : files),
  pathOf,
  engineImages,
  registryImages,
  verifyImage,
  workspaceImages: (uris, note) =>
    workspaceImages(
      uris.flatMap((uri) => pathOf(uri) ?? []),
      note,
    ),
}

const files: Files = {
  read: async (uri) => {
    try {
      const path = fileURLToPath(uri)
      const stats = await stat(path)
      return stats.isFile() && stats.size <= sizeLimit ? await readFile(path, 'utf8') : null
    } catch {
      return null
    }
  },
  buildContext: (uri, changed) => {
    const path = fileURLToPath(uri)
    return nodeBuildContext(dirname(path), path, changed)
  },
}

/** Undefined for what is no file of this machine. */
function pathOf(uri: string): string | undefined {
  try {
    return uri.startsWith('file:') ? fileURLToPath(uri) : undefined
  } catch {
    return undefined
  }
}
