import type { HardenStep } from '../analysis/index.ts'
import type { Instruction } from '../dockerfile/index.ts'
import { absolute, allowed, fileOnPath, find, instructionOf, join } from '../image/index.ts'
import type { Identity } from '../image/types.ts'
import { knownValue } from '../known.ts'
import { type Message, text } from '../l10n/index.ts'
import type { Subject } from './subject.ts'

/** Files that the start needs and that the identity may not read or execute, with the way to open them. */
export interface OpenedFiles {
  readonly steps: readonly HardenStep[]
  /** For a RUN: `chmod 0755 /entrypoint.sh`. */
  readonly commands: readonly string[]
}

/** @param refused programs that the start could not execute */
export function openedFiles(subject: Subject, identity: Identity, refused: readonly string[]): OpenedFiles {
  const { runtime, stage, builder } = subject
  const { files } = runtime.state
  const steps: HardenStep[] = []
  const commands: string[] = []
  const opened = new Set<string>()
  const open = (path: string, execute: boolean, why: Message) => {
    const { node, path: place } = find(files, path)
    if (node.kind !== 'file' || node.exists === 'possible' || opened.has(place)) return
    if (place.startsWith('/root/')) return
    opened.add(place)
    const mode = execute ? '0755' : '0644'
    const origin = node.because.findLast(({ kind }) => kind === 'instruction')
    const maker =
      origin?.kind === 'instruction' ? instructionOf(subject.dockerfile, origin.range.start) : undefined
    const inStage = maker !== undefined && stage.steps.some(({ instruction }) => instruction === maker)
    if (inStage && builder === 'buildkit' && isLoneCopy(maker)) {
      const at = maker.keywordRange.end
      steps.push({
        title: execute ? text`Let everybody execute ${place}` : text`Let everybody read ${place}`,
        reason: why,
        safety: 'safe',
        edits: [{ range: { start: at, end: at }, text: ` --chmod=${mode}` }],
      })
    } else commands.push(`chmod ${mode} ${place}`)
  }
  // The program itself: a script needs to be read as well.
  const start = programPath(subject)
  const script = runtime.script?.path
  for (const path of [start, script]) {
    if (path === undefined) continue
    const executes = path === start
    if (executes && isRefused(allowed(files, path, identity, 'execute')))
      open(path, true, text`It is what the container starts, and not executable for whom it runs as.`)
    else if (path === script && isRefused(allowed(files, path, identity, 'read')))
      open(
        path,
        executes,
        text`A script is read by its shell, and this one is not readable for whom it runs as.`,
      )
  }
  for (const path of refused) open(path, true, text`The start executes it.`)
  // ADD of a URL leaves 0600 (BuildKit); copies keep what they had.
  for (const { instruction, before } of stage.steps) {
    if (instruction.keyword !== 'ADD' || instruction.chmod || instruction.chown) continue
    const [source] = instruction.sources
    if (
      instruction.sources.length !== 1 ||
      !source ||
      !/^https?:\/\//.test(source.raw) ||
      /\.git(?:#|$)/.test(source.raw) ||
      builder !== 'buildkit'
    )
      continue
    const destination = absolute(instruction.destination?.raw ?? '/', knownValue(before.workdir) ?? '/')
    const path = /\/$/.test(instruction.destination?.raw ?? '/')
      ? join(destination, source.raw.replace(/[?#].*$/, '').replace(/^.*\//, ''))
      : destination
    if (!isRefused(allowed(stage.final.files, path, identity, 'read'))) continue
    const at = instruction.keywordRange.end
    steps.push({
      title: text`Let everybody read the file that ADD gets`,
      reason: text`A file from a URL belongs to root with mode 0600.`,
      safety: 'suggestion',
      edits: [{ range: { start: at, end: at }, text: ' --chmod=0644' }],
    })
  }
  return { steps, commands }
}

/** Where the first word of the start is: as it says, or the file that PATH leads to, where that is known. */
function programPath({ runtime }: Subject): string | undefined {
  const { files, workdir, env } = runtime.state
  const [program = ''] = runtime.argv
  return program.includes('/')
    ? absolute(program, knownValue(workdir) ?? '/')
    : fileOnPath(files, env.get('PATH'), program)
}

function isRefused(answer: ReturnType<typeof allowed>): boolean {
  return knownValue(answer) === false && answer.certainty !== 'possible'
}

/** One file, and nothing said about its mode yet. */
function isLoneCopy(instruction: Instruction): boolean {
  return (
    (instruction.keyword === 'COPY' || instruction.keyword === 'ADD') &&
    instruction.chmod === undefined &&
    !instruction.link &&
    instruction.sources.length + instruction.heredocs.length === 1 &&
    !/[*?[]|(?:^|\/)\.?$/.test(instruction.sources[0]?.raw ?? 'heredoc')
  )
}
