import { text } from '../../../l10n/index.ts'
import { find, join, nameOf, nodeAt } from '../../files.ts'
import {
  accessRefused,
  copyPath,
  makeDirectory,
  makeHardLink,
  makeLink,
  movePath,
  pathIn,
  removePath,
  worse,
} from '../../operations.ts'
import type { ShellValue } from '../../types.ts'
import type { Call, Outcome } from '../model.ts'
import { defineCommand, maybe, ok } from '../model.ts'
import { doubtEverywhere, madeSomewhere, mayHaveMore } from './doubt.ts'
import { at, isFolder, operandPaths } from './operands.ts'
import { mayMake } from './unlisted.ts'
import { usage } from './usage.ts'

type Act = (source: string, target: string, written: string) => Outcome

/** `source… target`, `source… folder`, `-t folder source…`: how cp, mv and ln take their words. */
function placeEach(call: Call, act: Act, options: { readonly moves?: boolean } = {}): Outcome {
  const { operands, world } = call
  const folderWord = call.options.word('target')
  const targetWord = folderWord ?? operands.at(-1)
  const sources = folderWord ? operands : operands.slice(0, -1)
  if (!targetWord || sources.length === 0) return usage(call, text`${call.name} needs a source and a target.`)
  const target = targetWord.text === undefined ? undefined : pathIn(world, targetWord.text)
  if (target === undefined) {
    madeSomewhere(world, ['owner', 'group', 'mode', 'exists'])
    return maybe
  }
  const needsFolder = folderWord !== undefined || sources.length > 1
  const folder = isFolder(world, target)
  if (needsFolder && folder === false && !targetWord.glob)
    return usage(call, text`${target} is no folder: ${call.name} with several sources needs one.`, targetWord)
  let outcome: Outcome = call.options.uncertain || targetWord.glob ? maybe : ok
  for (const source of sources) {
    const { paths, unlistedIn, anywhere } = operandPaths(call, source)
    if (anywhere || unlistedIn.length > 0) {
      outcome = worse(outcome, maybe)
      const { uid, gid } = world.identity
      // Something comes into the folder: whatever it is, it is the process's own, or it was so before (mv, cp -a).
      const keeps = options.moves === true || call.options.has('preserve') || call.options.has('archive')
      const nobody = { certainty: 'unknown', because: [world.origin] } as const
      mayMake(world, target)
      mayHaveMore(world, target, { owner: keeps ? nobody : uid, group: keeps ? nobody : gid, mode: nobody })
      if (anywhere && options.moves) doubtEverywhere(world, ['exists'])
    }
    // A glob may be one source or many: then the target is a folder.
    for (const { path, written } of paths) outcome = worse(outcome, at(act(path, target, written), source))
  }
  return outcome
}

/** coreutils cp(1); container-facts run-cp-mv, run-as-user-cp-bin, run-setgid-folder. */
export const cp = defineCommand({
  names: ['cp', 'gcp'],
  options: {
    recursive: '-r -R --recursive',
    archive: '-a --archive',
    preserve: '-p',
    preserveList: '--preserve [LIST]',
    noPreserve: '--no-preserve LIST',
    links: '-d',
    noDereference: '-P --no-dereference',
    dereference: '-L --dereference',
    followTop: '-H',
    force: '-f --force',
    noClobber: '-n --no-clobber',
    update: '-u',
    updateKind: '--update [WHEN]',
    interactive: '-i --interactive',
    hardLinks: '-l --link',
    symbolicLinks: '-s --symbolic-link',
    target: '-t --target-directory DIRECTORY',
    noTarget: '-T --no-target-directory',
    parents: '--parents',
    removeDestination: '--remove-destination',
    attributesOnly: '--attributes-only',
    backup: '-b',
    backupKind: '--backup [CONTROL]',
    suffix: '-S --suffix SUFFIX',
    sparse: '--sparse WHEN',
    reflink: '--reflink [WHEN]',
    oneFileSystem: '-x --one-file-system',
    strip: '--strip-trailing-slashes',
    context: '-Z --context [CTX]',
    verbose: '-v --verbose',
  },
  run(call) {
    const { options, world } = call
    const lists = options
      .all('preserveList')
      .map(({ text }) => (text?.startsWith('-') ? 'mode,ownership' : (text ?? '')))
    const kept = lists.join(',').split(',')
    const spared = options.value('noPreserve')?.split(',') ?? []
    const keeps = (what: string) =>
      (kept.includes('all') || kept.includes(what)) && !spared.includes(what) && !spared.includes('all')
    const whole =
      (options.has('archive') || options.has('preserve')) &&
      !spared.includes('ownership') &&
      !spared.includes('all')
    const recursive = options.has('recursive') || options.has('archive')
    const dereference = options.has('dereference')
      ? ('always' as const)
      : options.has('followTop')
        ? ('top' as const)
        : options.has('noDereference') || options.has('links') || options.has('archive')
          ? ('never' as const)
          : undefined
    return placeEach(call, (source, target, written) => {
      const to = options.has('parents') ? join(target, written.replace(/^\/+/, '')) : target
      if (options.has('parents'))
        makeDirectory(world, to.slice(0, to.lastIndexOf('/')) || '/', { parents: true })
      if (options.has('symbolicLinks')) return makeLink(world, placed(world, to, source), source)
      if (options.has('hardLinks') && !recursive)
        return makeHardLink(world, placed(world, to, source), source)
      const exists = nodeAt(world.state.files, placed(world, to, source)).kind
      if (options.has('noClobber') && exists === 'file') return ok
      const asFolder = /\/\.{0,2}$/.test(written)
      if (asFolder && nodeAt(world.state.files, source).kind === 'file')
        return usage(call, text`${source} is a file, not a folder.`)
      // `dir/.` is looked up in the folder, so it must be searchable.
      const closed = asFolder
        ? accessRefused(world, find(world.state.files, source), 'execute', text`enter ${source}`)
        : undefined
      if (closed?.status === 'fail') return closed
      const outcome = copyPath(world, source, to, {
        recursive,
        preserve: whole || keeps('ownership'),
        preserveMode: keeps('mode') || whole,
        ...(dereference !== 'always' && asFolder
          ? { dereference: 'top' as const }
          : dereference
            ? { dereference }
            : {}),
        ...(options.has('noTarget') || options.has('parents') || /(^|\/)\.\.?\/*$/.test(written)
          ? { intoFolder: false }
          : {}),
        fresh: options.has('removeDestination'),
      })
      const unsure =
        options.has('update') ||
        options.has('updateKind') ||
        options.has('noClobber') ||
        options.has('interactive')
      return unsure && exists !== 'missing' ? worse(outcome, maybe) : outcome
    })
  },
})

/** Where a source comes to lie. */
function placed(world: Call['world'], target: string, source: string): string {
  const found = find(world.state.files, target)
  return found.node.kind === 'directory' ? join(found.path, nameOf(source)) : target
}

/** coreutils mv(1); container-facts run-cp-mv, run-sticky. */
export const mv = defineCommand({
  names: ['mv'],
  options: {
    force: '-f --force',
    noClobber: '-n --no-clobber',
    interactive: '-i --interactive',
    update: '-u',
    updateKind: '--update [WHEN]',
    target: '-t --target-directory DIRECTORY',
    noTarget: '-T --no-target-directory',
    backup: '-b',
    backupKind: '--backup [CONTROL]',
    suffix: '-S --suffix SUFFIX',
    strip: '--strip-trailing-slashes',
    context: '-Z --context',
    verbose: '-v --verbose',
  },
  run: (call) =>
    placeEach(
      call,
      (source, target) => {
        if (
          call.options.has('noClobber') &&
          nodeAt(call.world.state.files, placed(call.world, target, source)).kind === 'file'
        )
          return ok
        return movePath(call.world, source, target, { intoFolder: !call.options.has('noTarget') })
      },
      { moves: true },
    ),
})

/** coreutils ln(1); container-facts run-as-user-ln-bin. The text of a symbolic link is kept as written. */
export const ln = defineCommand({
  names: ['ln'],
  options: {
    symbolic: '-s --symbolic',
    force: '-f --force',
    noDereference: '-n --no-dereference',
    noTarget: '-T --no-target-directory',
    target: '-t --target-directory DIRECTORY',
    relative: '-r --relative',
    interactive: '-i --interactive',
    backup: '-b',
    backupKind: '--backup [CONTROL]',
    suffix: '-S --suffix SUFFIX',
    logical: '-L --logical',
    physical: '-P --physical',
    directory: '-d -F --directory',
    verbose: '-v --verbose',
  },
  run(call) {
    const { options, operands, world } = call
    const folderWord = options.word('target')
    const only = operands.length === 1 && !folderWord
    const targetWord = folderWord ?? (only ? hereWord(operands[0] as ShellValue) : operands.at(-1))
    const sources = folderWord || only ? operands : operands.slice(0, -1)
    if (!targetWord || sources.length === 0) return usage(call, text`ln needs what to link to.`)
    const target = targetWord.text === undefined ? undefined : pathIn(world, targetWord.text)
    if (target === undefined) {
      madeSomewhere(world)
      return maybe
    }
    let outcome: Outcome = options.uncertain ? maybe : ok
    for (const source of sources) {
      // A pattern in the source is expanded; what it does not match stays as it is.
      const texts = source.glob ? operandPaths(call, source).paths.map(({ path }) => path) : [source.text]
      for (const text of texts) {
        if (text === undefined) {
          outcome = worse(outcome, maybe)
          continue
        }
        outcome = worse(outcome, at(linkTo(call, text, target), targetWord))
      }
    }
    return outcome
  },
})

const hereWord = (source: ShellValue): ShellValue => ({ text: '.', glob: false, range: source.range })

function linkTo(call: Call, source: string, target: string): Outcome {
  const { options, world } = call
  const lookAt = find(world.state.files, target, !options.has('noDereference'))
  const into = lookAt.node.kind === 'directory' && !options.has('noTarget')
  const path = into ? join(lookAt.path, nameOf(source.replace(/\/+$/, ''))) : target
  const present = find(world.state.files, path, false).node
  let outcome: Outcome = lookAt.node.kind === 'unknown' ? maybe : ok
  const from = pathIn(world, source)
  if (
    present.kind !== 'missing' &&
    from !== undefined &&
    nodeAt(world.state.files, from).kind !== 'missing' &&
    find(world.state.files, from, false).path === find(world.state.files, path, false).path
  )
    return usage(call, text`${source} and ${path} are the same.`)
  if (options.has('force') && present.kind !== 'missing') {
    if (present.kind === 'directory') return usage(call, text`${path} is a folder: ln does not replace it.`)
    const removed = removePath(world, path, { force: true })
    if (removed.status === 'fail') return removed
    outcome = worse(outcome, removed)
  }
  if (options.has('symbolic')) return worse(outcome, makeLink(world, path, source))
  return from === undefined ? maybe : worse(outcome, makeHardLink(world, path, from))
}
