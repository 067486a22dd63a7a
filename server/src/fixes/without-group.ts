import type { Dockerfile, OffsetRange, RunInstruction } from '../dockerfile/types.ts'
import type { AccountWish } from '../image/index.ts'
import type { CommandRun } from '../image/types.ts'
import type { TextEdit } from './types.ts'
import { withoutCommands } from './without-command.ts'

/** What has to go so that an account is not in a group: the whole command, or words of it. */
export type GroupRemoval =
  | { readonly kind: 'command'; readonly range: OffsetRange }
  | { readonly kind: 'words'; readonly edit: TextEdit }

/** `--groups audio,docker` → `--groups audio`, `--ingroup docker` → nothing, `usermod -aG docker ci` as a whole. */
export function groupRemoval(
  dockerfile: Dockerfile,
  { argv, range }: CommandRun,
  wish: AccountWish,
  name: string,
): GroupRemoval | undefined {
  const words = wish.kind === 'user' ? [wish.groups, wish.group] : wish.kind === 'member' ? [wish.group] : []
  const word = words.find((one) => one?.text?.split(',').includes(name))
  if (word?.text === undefined || dockerfile.text.slice(word.range.start, word.range.end) !== word.text)
    return undefined
  const others = word.text.split(',').filter((group) => group !== name)
  if (others.length > 0) return { kind: 'words', edit: { range: word.range, text: others.join(',') } }
  if (wish.kind === 'member') return { kind: 'command', range }
  const at = argv.findIndex((one) => one.range.start === word.range.start)
  const option = argv[at - 1]
  const next = argv[at + 1]
  // Not behind other letters (`-mG`), and not as part of a word (`--groups=`).
  if (!option || !next || !/^(-[gG]|--(groups|gid|ingroup))$/.test(option.text ?? '')) return undefined
  return { kind: 'words', edit: { range: { start: option.range.start, end: next.range.start }, text: '' } }
}

/** An account leaves one group. */
export function withoutGroup(
  dockerfile: Dockerfile,
  instruction: RunInstruction,
  command: CommandRun,
  wish: AccountWish,
  name: string,
): readonly TextEdit[] | undefined {
  const removal = groupRemoval(dockerfile, command, wish, name)
  if (removal?.kind === 'words') return [removal.edit]
  return removal && withoutCommands(dockerfile, instruction, [removal.range])
}
