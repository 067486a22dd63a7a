import { directory, put } from '../../../server/src/image/files.ts'
import { resolveUser } from '../../../server/src/image/identity.ts'
import {
  allowed,
  type FileNode,
  find,
  type ImageState,
  mayChangeEntries,
} from '../../../server/src/image/index.ts'
import { makeFolders } from '../../../server/src/image/workdir.ts'
import { certain, type Known, type Origin } from '../../../server/src/known.ts'

/** What flags of `docker run` do to a state, as far as a line of code says it. */

const origin: Origin = { kind: 'engine', fact: 'docker run' }

export interface Flagged {
  readonly state: ImageState
  /** Access cannot be told from owner and mode: capabilities or mounts change it. */
  readonly accessDiffers: boolean
}

/** Undefined where a flag is not understood. */
export function withFlags(before: ImageState, flags: readonly string[]): Flagged | undefined {
  let state = before
  let accessDiffers = false
  for (let index = 0; index < flags.length; index++) {
    const flag = flags[index]!
    if (flag === '--user') {
      const { identity, failure } = resolveUser(flags[++index]!, state, origin, { at: 'start' })
      state = { ...state, identity, identityFailure: failure }
    } else if (flag === '-e') {
      const [name = '', value = ''] = flags[++index]!.split('=')
      state = { ...state, env: state.env.set(name, certain(value)) }
      const { identity, failure } = resolveUser(state.identity.spec, state, origin, { at: 'start' })
      state = { ...state, identity, identityFailure: failure }
    } else if (flag === '--group-add') {
      const added = Number(flags[++index])
      const { groups } = state.identity
      if (groups.certainty === 'unknown' || Number.isNaN(added)) return undefined
      const value = [...new Set([...groups.value, added])]
      state = { ...state, identity: { ...state.identity, groups: { ...groups, value } } }
    } else if (flag === '--workdir') {
      const path = flags[++index]!
      const files = makeFolders(state.files, path, { owner: certain(0), group: certain(0) }, origin)
      state = { ...state, workdir: certain(path), files }
    } else if (flag === '-v') {
      const path = flags[++index]!.split(':')[1]!
      state = {
        ...state,
        files: makeFolders(state.files, path, { owner: certain(0), group: certain(0) }, origin),
      }
    } else if (flag === '--tmpfs' || flag === '--mount') {
      const path = flags[++index]!.replace(/^.*destination=/, '')
      if (flag === '--mount' && !flags[index]!.startsWith('type=tmpfs')) return undefined
      state = { ...state, files: withTmpfs(state.files, path) }
    } else if (flag === '--read-only' || /^--cap-(drop|add)=/.test(flag)) accessDiffers = true
    else if (flag === '--security-opt' || flag === '--network' || flag === '--sysctl') index++
    else return undefined
  }
  return { state, accessDiffers }
}

/** Root's, with the mode of the folder that it hides (container-facts/volume-mount-tmpfs). */
function withTmpfs(files: FileNode, path: string): FileNode {
  const found = find(files, path)
  const mode = found.node.kind === 'directory' ? found.node.mode : certain(0o1777)
  return put(files, found.path, directory({ owner: certain(0), group: certain(0), mode, because: [origin] }))
}

export function accessOf(
  state: ImageState,
  path: string,
  access: 'read' | 'write' | 'execute',
): Known<boolean> {
  const { node } = find(state.files, path)
  return node.kind === 'directory' && access === 'write'
    ? mayChangeEntries(state.files, path, state.identity)
    : allowed(state.files, path, state.identity, access)
}
