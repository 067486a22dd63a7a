import type { CommandInstruction, Instruction } from '../../dockerfile/types.ts'
import type { Origin } from '../../known.ts'
import { addTrigger, addVolumes, exposePorts, setCmd, setEntrypoint, setHealthcheck } from './config.ts'
import { copy } from './copy.ts'
import { declareArgs, setEnv } from './env-and-arg.ts'
import { type Applied, fine, type Progress } from './progress.ts'
import { runStep } from './run.ts'
import { switchUser } from './user.ts'
import { changeWorkdir } from './workdir.ts'

/** What each instruction does to the state of its stage. */

export type { Evaluation, Progress } from './progress.ts'

/** Carries out one instruction on `progress.state`. @returns why it cannot work, and the commands it ran */
export function apply(progress: Progress, instruction: Instruction): Applied {
  const origin: Origin = progress.foreign ?? { kind: 'instruction', range: instruction.range }
  switch (instruction.keyword) {
    case 'ENV':
      setEnv(progress, instruction)
      break
    case 'ARG':
      declareArgs(progress, instruction)
      break
    case 'USER':
      switchUser(progress, instruction.user)
      break
    case 'WORKDIR':
      return instruction.path ? changeWorkdir(progress, instruction.path, origin) : fine
    case 'RUN':
      return runStep(progress, instruction, origin)
    case 'COPY':
    case 'ADD':
      return copy(progress, instruction, origin)
    case 'VOLUME':
      addVolumes(progress, instruction.words, origin)
      break
    case 'EXPOSE':
      exposePorts(progress, instruction.words)
      break
    case 'SHELL':
      progress.state = { ...progress.state, shell: instruction.words.map(({ raw }) => raw) }
      break
    case 'CMD':
      setCmd(progress, instruction.command, origin)
      break
    case 'ENTRYPOINT':
      setEntrypoint(progress, (instruction as CommandInstruction).command, origin)
      break
    case 'HEALTHCHECK':
      setHealthcheck(progress, instruction, origin)
      break
    case 'ONBUILD':
      addTrigger(progress, instruction, origin)
      break
  }
  return fine
}
