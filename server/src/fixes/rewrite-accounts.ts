import type { Dockerfile, OffsetRange, RunInstruction } from '../dockerfile/types.ts'
import { type AccountWish, groupByGid, readAccountWish } from '../image/index.ts'
import type { Accounts, ShellValue, StageTimeline } from '../image/types.ts'
import { parseShell, simpleCommands } from '../shell/index.ts'
import { type AccountTool, accountToolOf } from './new-account.ts'
import type { TextEdit } from './types.ts'

/** Commands for accounts, said again with what this system has. Values keep their spelling. */

const accountProgram = /^(useradd|adduser|groupadd|addgroup|usermod|gpasswd)$/

/** Edits for all such commands of a step; undefined where one of them cannot be said here. */
export function rewriteAccounts(
  dockerfile: Dockerfile,
  stage: StageTimeline,
  instruction: RunInstruction,
): readonly TextEdit[] | undefined {
  const tool = accountToolOf(stage)
  if (tool === 'none' || instruction.command.form !== 'shell') return undefined
  const edits: TextEdit[] = []
  for (const { range, words } of simpleCommands(parseShell(instruction.command.script))) {
    if (!accountProgram.test(words[0]?.text ?? '')) continue
    const wish = readAccountWish(words.map((word) => ({ ...word, glob: false })))
    const text = wish && sayAccounts(wish, tool, stage.final.accounts, (word) => spelling(dockerfile, word))
    if (text === undefined) return undefined
    // A command over several lines is a matter of taste that we cannot keep.
    if (text !== dockerfile.text.slice(range.start, range.end)) edits.push({ range, text })
  }
  return edits.length > 0 ? edits : undefined
}

function spelling(
  dockerfile: Dockerfile,
  { range, text }: { readonly range: OffsetRange; readonly text: string | undefined },
): string {
  const written = dockerfile.text.slice(range.start, range.end)
  return written === '' || /[\r\n]/.test(written) ? (text ?? written) : written
}

type Spell = (word: ShellValue) => string

/** The wish in the words of `tool`; undefined where it has none for it. */
function sayAccounts(
  wish: AccountWish,
  tool: Exclude<AccountTool, 'none'>,
  accounts: Accounts,
  spell: Spell,
): string | undefined {
  const words = tool === 'shadow' ? shadow(wish, spell) : busybox(wish, accounts, spell)
  return words?.filter((word) => word !== '').join(' ')
}

const option = (name: string, word: ShellValue | undefined, spell: Spell) =>
  word ? `${name} ${spell(word)}` : ''

function shadow(wish: AccountWish, spell: Spell): readonly string[] {
  switch (wish.kind) {
    case 'group':
      return ['groupadd', wish.system ? '--system' : '', option('--gid', wish.gid, spell), spell(wish.name)]
    case 'member':
      return ['usermod --append', option('--groups', wish.group, spell), spell(wish.user)]
    case 'user':
      return [
        'useradd',
        wish.system ? '--system' : '',
        option('--uid', wish.uid, spell),
        wish.group ? option('--gid', wish.group, spell) : wish.ownGroup ? '' : '--gid nogroup',
        option('--groups', wish.groups, spell),
        wish.makesHome ? '--create-home' : '--no-create-home',
        option('--home-dir', wish.home, spell),
        option('--shell', wish.shell, spell),
        wish.comment && wish.comment.text !== '' ? option('--comment', wish.comment, spell) : '',
        spell(wish.name),
      ]
  }
}

function busybox(wish: AccountWish, accounts: Accounts, spell: Spell): readonly string[] | undefined {
  switch (wish.kind) {
    case 'group':
      return ['addgroup', wish.system ? '-S' : '', option('-g', wish.gid, spell), spell(wish.name)]
    case 'member':
      return wish.group.text === undefined || wish.group.text.includes(',')
        ? undefined
        : ['addgroup', spell(wish.user), spell(wish.group)]
    case 'user': {
      const group = groupName(wish.group, accounts, spell)
      // adduser's -G takes a name only.
      if (group === undefined || wish.groups) return undefined
      const own = wish.system && wish.ownGroup ? `addgroup -S ${spell(wish.name)} &&` : ''
      return [
        own,
        'adduser',
        wish.system ? '-S' : '',
        '-D',
        wish.makesHome ? '' : '-H',
        option('-h', wish.home, spell),
        wish.comment && wish.comment.text !== '' ? option('-g', wish.comment, spell) : '',
        option('-s', wish.shell, spell),
        option('-u', wish.uid, spell),
        own === '' ? group : `-G ${spell(wish.name)}`,
        spell(wish.name),
      ]
    }
  }
}

function groupName(word: ShellValue | undefined, accounts: Accounts, spell: Spell): string | undefined {
  if (!word) return ''
  if (word.text === undefined || !/^\d+$/.test(word.text)) return `-G ${spell(word)}`
  const group = groupByGid(accounts, Number(word.text))
  return group && `-G ${group.name}`
}
