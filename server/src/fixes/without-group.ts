import type { Dockerfile, RunInstruction } from '../dockerfile/types.ts'
import type { AccountWish } from '../image/index.ts'
import type { CommandRun } from '../image/types.ts'
import type { TextEdit } from './types.ts'
import { withoutCommands } from './without-command.ts'

/** An account leaves one group: `--groups audio,docker` → `--groups audio`, `usermod -aG docker ci` → nothing. */
export function withoutGroup(
  dockerfile: Dockerfile,
  instruction: RunInstruction,
  { argv, range }: CommandRun,
  wish: AccountWish,
  name: string,
): readonly TextEdit[] | undefined {
  const word = wish.kind === 'member' ? wish.group : wish.kind === 'user' ? wish.groups : undefined
  if (word?.text === undefined || dockerfile.text.slice(word.range.start, word.range.end) !== word.text)
    return undefined
  const others = word.text.split(',').filter((group) => group !== name)
  if (others.length > 0) return [{ range: word.range, text: others.join(',') }]
  if (wish.kind === 'member') return withoutCommands(dockerfile, instruction, [range])
  const at = argv.findIndex((one) => one.range.start === word.range.start)
  const option = argv[at - 1]
  const next = argv[at + 1]
  if (!option || !next || !/^(-G|--groups)$/.test(option.text ?? '')) return undefined
  return [{ range: { start: option.range.start, end: next.range.start }, text: '' }]
}
