import { toLower } from './characters.ts'
import type { Keyword } from './types.ts'

/** BuildKit: command/command.go. */
export const instructionNames = [
  'ADD',
  'ARG',
  'CMD',
  'COPY',
  'ENTRYPOINT',
  'ENV',
  'EXPOSE',
  'FROM',
  'HEALTHCHECK',
  'LABEL',
  'MAINTAINER',
  'ONBUILD',
  'RUN',
  'SHELL',
  'STOPSIGNAL',
  'USER',
  'VOLUME',
  'WORKDIR',
] as const satisfies readonly Keyword[]

export type InstructionName = (typeof instructionNames)[number]

const names: ReadonlyMap<string, InstructionName> = new Map(
  instructionNames.flatMap((name) => [[name, name] as const, [name.toLowerCase(), name] as const]),
)

/** The instruction that a keyword of any case names. */
export function instructionNamed(written: string): InstructionName | undefined {
  return names.get(written) ?? names.get(toLower(written))
}
