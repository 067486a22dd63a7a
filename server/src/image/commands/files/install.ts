import type { Known } from '../../../known.ts'
import { certain, isCertainly } from '../../../known.ts'
import { text } from '../../../l10n/index.ts'
import { describeIdentity } from '../../describe.ts'
import { find, join, nameOf, nodeAt, parentOf, put } from '../../files.ts'
import {
  changeMode,
  changeOwner,
  copyPath,
  failure,
  makeDirectory,
  pathIn,
  setFiles,
  worse,
} from '../../operations.ts'
import type { FileNode, ShellValue } from '../../types.ts'
import type { Call, Outcome } from '../model.ts'
import { defineCommand, maybe, ok } from '../model.ts'
import { madeSomewhere } from './doubt.ts'
import { at, dialectOf, eachPath, flavour, isFolder, operandPaths } from './operands.ts'
import type { OwnerSpec } from './owner-spec.ts'
import { readGroupSpec, readOwnerSpec } from './owner-spec.ts'
import { readMode } from './symbolic-mode.ts'
import { usage } from './usage.ts'

interface Attributes {
  readonly owner?: Known<number>
  readonly group?: Known<number>
  readonly mode: number | undefined
}

/** coreutils install(1); container-facts run-install. Parents of -d and -D are root's with 0755, only the last gets -o -g -m. */
export const install = defineCommand({
  names: ['install', 'ginstall'],
  options: {
    directory: '-d --directory',
    parents: '-D',
    mode: '-m --mode MODE',
    owner: '-o --owner OWNER',
    group: '-g --group GROUP',
    target: '-t --target-directory DIRECTORY',
    noTarget: '-T --no-target-directory',
    preserve: '-p --preserve-timestamps',
    strip: '-s --strip',
    stripProgram: '--strip-program PROGRAM',
    backup: '-b',
    backupKind: '--backup [CONTROL]',
    suffix: '-S --suffix SUFFIX',
    compare: '-C --compare',
    verbose: '-v --verbose',
    ignored: '-c',
  },
  run(call) {
    const { options, world } = call
    const mode = options.word('mode')
    const change = mode?.text === undefined ? undefined : readMode(mode.text, 0, dialectOf(world))
    if (mode?.text !== undefined && !change) return usage(call, text`\`${mode.text}\` is no mode.`, mode)
    const owner = ownerOf(call)
    const failed = owner.failure
    if (failed?.certainty === 'certain') return { status: 'fail', failure: failed, exitCode: 1 }
    const isDirectory = options.has('directory')
    const attributes: Attributes = {
      ...(owner.owner ? { owner: owner.owner } : {}),
      ...(owner.group ? { group: owner.group } : {}),
      mode: change ? change.change(0, isDirectory) : mode ? undefined : 0o755,
    }
    const outcome = isDirectory ? installFolders(call, attributes) : installFiles(call, attributes)
    const unsure = options.uncertain || owner.doubtful
    return worse(failed ? { status: 'maybe', failure: failed } : unsure ? maybe : ok, outcome)

    function ownerOf({ options: given }: Call): OwnerSpec {
      const [user, group] = [given.word('owner'), given.word('group')]
      const byUser = user ? readOwnerSpec(world, user) : {}
      const byGroup = group ? readGroupSpec(world, group) : {}
      // BusyBox gives what is not named to itself, also where the target is there already (coreutils/install.c: getuid, getgid).
      const own = flavour(world) === 'busybox' && (user || group) ? world.identity : undefined
      return {
        ...(own ? { owner: own.uid, group: own.gid } : {}),
        ...(byUser.owner ? { owner: byUser.owner } : {}),
        ...byGroup,
        ...(byUser.failure ? { failure: byUser.failure } : {}),
        ...(byUser.doubtful || byGroup.doubtful ? { doubtful: true } : {}),
      }
    }
  },
})

function installFolders(call: Call, attributes: Attributes): Outcome {
  const { world } = call
  return eachPath(
    call,
    call.operands,
    (path) => {
      const before = nodeAt(world.state.files, path)
      const made = makeDirectory(world, path, {
        parents: true,
        plainParents: flavour(world) !== 'busybox',
        ...(attributes.mode === undefined ? { modeUnknown: true } : { mode: attributes.mode }),
        noInheritance: !call.options.has('mode') || flavour(world) === 'busybox',
      })
      if (made.status === 'fail') return made
      const owned = isAlready(before, attributes) ? ok : setOwner(world, path, attributes)
      // Unlike mkdir -p, install -d gives an existing folder its mode too, where it has another.
      const wanted = attributes.mode
      const moded =
        before.kind === 'directory' && wanted !== undefined && !isCertainly(before.mode, wanted)
          ? changeMode(world, path, (old) => wanted | (call.options.has('mode') ? old & 0o6000 : 0), {
              absolute: wanted,
            })
          : ok
      return worse(made, worse(owned, moded))
    },
    { anywhere: () => madeSomewhere(world, ['owner', 'group', 'mode', 'exists']) },
  )
}

function isAlready(node: FileNode, { owner, group }: Attributes): boolean {
  const same = (now: Known<number>, wanted: Known<number> | undefined) =>
    wanted === undefined || (wanted.certainty === 'certain' && isCertainly(now, wanted.value))
  return node.kind === 'directory' && same(node.owner, owner) && same(node.group, group)
}

function installFiles(call: Call, attributes: Attributes): Outcome {
  const { options, operands, world } = call
  const targetWord = options.word('target') ?? operands.at(-1)
  const sources = options.word('target') ? operands : operands.slice(0, -1)
  if (!targetWord || sources.length === 0) return usage(call, text`install needs a source and a target.`)
  const target = targetWord.text === undefined ? undefined : pathIn(world, targetWord.text)
  if (target === undefined) {
    madeSomewhere(world, ['owner', 'group', 'mode', 'exists'])
    return maybe
  }
  let outcome: Outcome = ok
  const intoFolder =
    options.has('target') ||
    (sources.length > 1 && !options.has('noTarget')) ||
    targetWord.text?.endsWith('/')
  if (options.has('parents')) {
    const folder = options.has('target') || targetWord.text?.endsWith('/') ? target : parentOf(target)
    outcome = at(
      makeDirectory(world, folder, {
        parents: true,
        plainParents: flavour(world) !== 'busybox',
        mode: 0o755,
      }),
      targetWord,
    )
    if (outcome.status === 'fail') return outcome
  }
  const into = intoFolder || (!options.has('noTarget') && isFolder(world, target) === true)
  for (const source of sources) {
    const { paths, unlistedIn, anywhere } = operandPaths(call, source)
    if (anywhere || unlistedIn.length > 0) outcome = worse(outcome, maybe)
    for (const { path } of paths) {
      const file = into ? join(target, nameOf(path)) : target
      outcome = worse(
        outcome,
        at(installFile(world, path, file, attributes), { ...source, range: targetWord.range } as ShellValue),
      )
    }
  }
  return outcome
}

/** The target is made anew, with the process's or the given owner and the mode that is asked for. */
function installFile(world: Call['world'], source: string, target: string, attributes: Attributes): Outcome {
  const copied = copyPath(world, source, target, { intoFolder: false, fresh: true, dereference: 'always' })
  if (copied.status === 'fail') return copied
  const found = find(world.state.files, target)
  if (found.node.kind !== 'file') return copied
  const mode = attributes.mode
  setFiles(
    world,
    put(world.state.files, found.path, {
      ...found.node,
      mode:
        mode === undefined
          ? { certainty: 'unknown', because: [world.origin] }
          : certain(mode, [world.origin]),
    }),
  )
  const owned = setOwner(world, target, attributes)
  if (mode !== undefined && (mode & 0o6000) !== 0) {
    // chown comes first, so special bits stay.
    const after = find(world.state.files, target)
    setFiles(
      world,
      put(world.state.files, after.path, { ...after.node, mode: certain(mode, [world.origin]) }),
    )
  }
  return worse(copied, owned)
}

function setOwner(world: Call['world'], path: string, { owner, group }: Attributes): Outcome {
  if (!owner && !group) return ok
  const outcome = changeOwner(world, path, { ...(owner ? { owner } : {}), ...(group ? { group } : {}) })
  if (outcome.status !== 'fail') return outcome
  return failure(
    world,
    'not-permitted',
    'certain',
    text`install cannot give ${path} to another owner as ${describeIdentity(world.identity)}: only root may.`,
    { path },
  )
}
