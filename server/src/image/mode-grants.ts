import type { OffsetRange } from '../dockerfile/types.ts'
import { type Known, knownValue } from '../known.ts'
import { mkdir } from './commands/files/folders.ts'
import { install } from './commands/files/install.ts'
import { chmod } from './commands/files/mode.ts'
import { type ModeChange, readMode } from './commands/files/symbolic-mode.ts'
import type { CommandModel } from './commands/model.ts'
import { readOptions } from './commands/options.ts'
import { absolute, find, join } from './files.ts'
import type { CommandRun, FileNode, ShellValue, Step } from './types.ts'

/** A place in the file that says which mode paths get: chmod, mkdir -m, install -m, COPY --chmod, umask. */
export interface ModeGrant {
  readonly by: 'chmod' | 'mkdir' | 'install' | 'copy' | 'umask'
  readonly step: Step
  /** Undefined for COPY and ADD. */
  readonly command: CommandRun | undefined
  /** The mode as written. */
  readonly text: string
  readonly range: OffsetRange
  readonly recursive: boolean
  readonly change: ModeChange
  /** Those that are known; a pattern counts as its folder. */
  readonly paths: readonly string[]
  readonly words: readonly ShellValue[]
}

const usualUmask = 0o022

/** All modes that a step gives, in order. */
export function modeGrantsOf(step: Step): readonly ModeGrant[] {
  const all = [...step.commands.flatMap((command) => grantOf(step, command)), ...copyGrant(step)]
  // find -exec and loops run one command many times.
  const byPlace = new Map<number, ModeGrant>()
  for (const grant of all) {
    const before = byPlace.get(grant.range.start)
    byPlace.set(grant.range.start, before ? merged(before, grant) : grant)
  }
  const grants = [...byPlace.values()]
  return [...grants, ...umaskGrant(step, grants)]
}

/** `umask 000`: what is made after it in the step, and got no mode of its own. */
function umaskGrant(step: Step, others: readonly ModeGrant[]): readonly ModeGrant[] {
  const { commands, after } = step
  const at = commands.findIndex(
    ({ name, argv }) => name === 'umask' && /^[0-7]{1,4}$/.test(argv[1]?.text ?? ''),
  )
  const command = commands[at]
  const word = command?.argv[1]
  const mask = Number.parseInt(word?.text ?? '', 8)
  if (!command || !word?.text || (mask & 0o002) !== 0) return []
  const own = new Set(others.flatMap(({ paths }) => paths))
  const paths = [...new Set(commands.slice(at).flatMap(({ writes }) => writes))].filter((path) => {
    const { kind, mode } = find(after.files, path).node
    return (
      !own.has(path) &&
      (kind === 'file' || kind === 'directory') &&
      mode.certainty !== 'possible' &&
      ((knownValue(mode) ?? 0) & 0o1002) === 0o002
    )
  })
  if (paths.length === 0) return []
  const change = (mode: number) => mode | (0o666 & ~mask)
  const { text, range } = word
  return [{ by: 'umask', step, command, text, range, recursive: false, change, paths, words: [] }]
}

function merged(a: ModeGrant, b: ModeGrant): ModeGrant {
  const added = b.paths.flatMap((path, index) =>
    a.paths.includes(path) ? [] : [{ path, word: b.words[index] }],
  )
  return {
    ...a,
    paths: [...a.paths, ...added.map(({ path }) => path)],
    words: [...a.words, ...added.flatMap(({ word }) => word ?? [])],
  }
}

const models: Readonly<
  Record<string, { readonly by: 'chmod' | 'mkdir' | 'install'; readonly model: CommandModel }>
> = {
  chmod: { by: 'chmod', model: chmod },
  mkdir: { by: 'mkdir', model: mkdir },
  install: { by: 'install', model: install },
}

function grantOf(step: Step, command: CommandRun): readonly ModeGrant[] {
  const known = models[command.name ?? '']
  if (!known || command.fatal) return []
  const { options, operands } = readOptions(known.model, command.argv.slice(1))
  const mode = known.by === 'chmod' ? operands[0] : options.word('mode')
  if (mode?.text === undefined || (known.by === 'chmod' && options.has('reference'))) return []
  const read = readMode(mode.text, known.by === 'chmod' ? usualUmask : 0)
  if (!read) return []
  const words = known.by === 'chmod' ? operands.slice(1) : operands
  const target = options.word('target')
  const isCopy = known.by === 'install' && !options.has('directory')
  const cwd = knownValue(command.cwd)
  const paths = (isCopy ? [target ?? words.at(-1)] : words).flatMap((word) => {
    // What find meets stands for entries that nobody names.
    if (
      word?.text === undefined ||
      word.text.includes('.unroot-') ||
      (cwd === undefined && !word.text.startsWith('/'))
    )
      return []
    return [absolute(word.glob ? folderOfPattern(word.text) : word.text, cwd ?? '/')]
  })
  const recursive = options.has('recursive')
  return [
    {
      by: known.by,
      step,
      command,
      text: mode.text,
      range: mode.range,
      recursive,
      change: read.change,
      paths,
      words,
    },
  ]
}

function copyGrant(step: Step): readonly ModeGrant[] {
  const { instruction, before } = step
  if ((instruction.keyword !== 'COPY' && instruction.keyword !== 'ADD') || !instruction.chmod) return []
  const { raw, range } = instruction.chmod
  const read = readMode(raw, usualUmask)
  const destination = instruction.destination?.raw
  if (!read || destination === undefined) return []
  const cwd = knownValue(before.workdir)
  const known = !/[$"'\\]/.test(destination) && (cwd !== undefined || destination.startsWith('/'))
  const path = known ? absolute(destination, cwd ?? '/') : undefined
  const [source] = instruction.sources
  const into = path !== undefined && /(^|\/)\.?$/.test(destination) && instruction.sources.length === 1
  const name = source?.raw.split('/').at(-1) ?? ''
  const paths =
    path === undefined
      ? []
      : into && /^[\w.-]+$/.test(name) && knownFile(step.after.files, join(path, name))
        ? [join(path, name)]
        : [path]
  return [
    {
      by: 'copy',
      step,
      command: undefined,
      text: raw,
      range,
      recursive: true,
      change: read.change,
      paths,
      words: [],
    },
  ]
}

function knownFile(files: FileNode, path: string): boolean {
  return find(files, path).node.kind === 'file'
}

/** `dir/*.sh` → `dir`: what a pattern stands for lies in there. */
function folderOfPattern(pattern: string): string {
  const plain = pattern.slice(0, pattern.search(/[*?[]/))
  return plain.slice(0, plain.lastIndexOf('/') + 1) || '.'
}

/** Paths of a grant that are still there at the end of the stage with one of `bits`, as far as anybody can tell. */
export function stillGranted(grant: ModeGrant, files: FileNode, bits: number): readonly string[] {
  return grant.paths.filter((path, index) => {
    const { kind, mode } = find(files, path).node
    if (kind === 'missing') return false
    const known = knownValue(mode)
    // A pattern, and a folder that COPY puts files into, say nothing of the folder itself.
    const isAbout = !(grant.by === 'copy' || grant.by === 'install' || grant.words[index]?.glob)
    const changed = isLater(mode, grant) && (isAbout || kind !== 'directory')
    if (changed) return known !== undefined && (known & bits) !== 0
    return !isAbout || known === undefined || (known & bits) !== 0
  })
}

/** Something behind the grant set the mode, a `find / -perm /6000 -exec chmod a-s {} +` for instance. */
function isLater({ because }: Known<number>, { range, command }: ModeGrant): boolean {
  const last = because.at(-1)
  return last?.kind === 'instruction' && last.range.start > (command?.range ?? range).end
}
