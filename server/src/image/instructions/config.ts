import { expandWords } from '../../dockerfile/index.ts'
import type { CommandLine, Instruction, Word } from '../../dockerfile/types.ts'
import type { Origin } from '../../known.ts'
import { absolute } from '../files.ts'
import type { ImageState, StartCommand } from '../types.ts'
import { expandedText, type Progress, variable } from './progress.ts'

/** Instructions that change nothing but the image's config. */

type Of<K extends Instruction['keyword']> = Extract<Instruction, { keyword: K }>

/** VOLUME. A relative path is one from the root, whatever WORKDIR says. */
export function addVolumes(progress: Progress, words: readonly Word[], origin: Origin): void {
  const { state } = progress
  const paths = words.flatMap((word) => expandedText(progress, word) ?? [])
  progress.state = {
    ...state,
    volumes: state.volumes.concat(paths.map((path) => ({ path: absolute(path), origin }))),
  }
}

export function exposePorts(progress: Progress, words: readonly Word[]): void {
  const { state, foreign } = progress
  const ports = words.flatMap((word) => {
    const expanded = expandWords(word.raw, (name) => variable(progress, name), {
      escape: progress.evaluation.dockerfile.escape,
    })
    const origin: Origin = foreign ?? { kind: 'instruction', range: word.range }
    return expanded.kind === 'known'
      ? expanded.values.map((port) => ({ port: port.toLowerCase().replace(/\/tcp$/, ''), origin }))
      : []
  })
  progress.state = { ...state, ports: state.ports.concat(ports) }
}

export function setCmd(progress: Progress, command: CommandLine, origin: Origin): void {
  progress.ownCmd = true
  progress.state = { ...progress.state, cmd: startCommand(command, progress.state, origin) }
}

/** Docker: an ENTRYPOINT drops the CMD that came from the base. */
export function setEntrypoint(progress: Progress, command: CommandLine, origin: Origin): void {
  const { state, ownCmd } = progress
  progress.state = {
    ...state,
    entrypoint: startCommand(command, state, origin),
    cmd: ownCmd ? state.cmd : undefined,
  }
}

export function setHealthcheck(progress: Progress, { test }: Of<'HEALTHCHECK'>, origin: Origin): void {
  const { state } = progress
  if (test === undefined) return
  progress.state = {
    ...state,
    healthcheck: test === 'none' ? undefined : startCommand(test, state, origin),
  }
}

export function addTrigger(
  progress: Progress,
  { instruction, argumentsText }: Of<'ONBUILD'>,
  origin: Origin,
): void {
  const { state } = progress
  progress.state = {
    ...state,
    onbuild: state.onbuild.push({ instruction, text: argumentsText.text, origin }),
  }
}

function startCommand(command: CommandLine, state: ImageState, origin: Origin): StartCommand | undefined {
  if (command.form === 'json')
    return command.args.length === 0
      ? undefined
      : { form: 'json', argv: command.args.map(({ raw }) => raw), origin }
  return { form: 'shell', argv: [...state.shell, command.script.text], origin }
}
