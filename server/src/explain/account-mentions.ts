import type { Analysis } from '../analysis/index.ts'
import type { Instruction, OffsetRange, Word } from '../dockerfile/index.ts'
import type { Account } from '../image/index.ts'
import { knownValue } from '../known.ts'

/** A place where the file names an account or a group. */
export interface Mention {
  readonly name: string
  readonly range: OffsetRange
  readonly kind: 'account' | 'home'
}

/** Commands whose words name accounts: `chown app:app`, `su app`. */
const naming = new Set(
  'useradd adduser usermod userdel deluser groupadd addgroup groupmod gpasswd passwd chpasswd chown chgrp install su sudo gosu su-exec setpriv runuser id getent'.split(
    ' ',
  ),
)

/** All mentions of accounts that this file makes, in order of place. */
export function accountMentions(analysis: Analysis): Mention[] {
  const accounts = accountsOf(analysis)
  if (accounts.size === 0) return []
  const found = new Map<number, Mention>()
  const add = (mention: Mention) => found.set(mention.range.start, mention)
  for (const instruction of analysis.dockerfile.instructions)
    for (const word of namingWords(instruction))
      for (const part of parts(word, analysis.text)) if (accounts.has(part.name)) add(part)
  for (const stage of analysis.timeline.stages)
    for (const step of stage.steps)
      for (const { name, argv } of step.commands) {
        if (name === undefined || !naming.has(name)) continue
        for (const { range } of argv)
          for (const part of parts({ raw: '', range }, analysis.text)) if (accounts.has(part.name)) add(part)
      }
  for (const account of accounts.values()) {
    if (account.nameRange) add({ name: account.name, range: account.nameRange, kind: 'account' })
    for (const range of homeMentions(account, analysis)) add({ name: account.name, range, kind: 'home' })
  }
  return [...found.values()].sort((a, b) => a.range.start - b.range.start)
}

/** The account named at a place of the file. */
export function mentionAt(analysis: Analysis, offset: number): Mention | undefined {
  return accountMentions(analysis).find(({ range }) => range.start <= offset && offset <= range.end)
}

/** Where the account of that name is made. */
export function madeAt(analysis: Analysis, name: string): OffsetRange | undefined {
  return accountsOf(analysis).get(name)?.nameRange
}

/** As shadow and BusyBox allow it: useradd(8), CAVEATS. */
export function isAccountName(name: string): boolean {
  return /^[a-z_][a-z0-9_-]{0,31}$/.test(name)
}

function accountsOf({ timeline }: Analysis): ReadonlyMap<string, Account> {
  const found = new Map<string, Account>()
  for (const stage of timeline.stages)
    for (const account of stage.final.accounts.users)
      if (account.nameRange && !found.has(account.name)) found.set(account.name, account)
  return found
}

/** USER and `--chown` hold names and nothing else. */
function namingWords(instruction: Instruction): readonly Word[] {
  switch (instruction.keyword) {
    case 'USER':
      return instruction.user ? [instruction.user] : []
    case 'COPY':
    case 'ADD':
      return instruction.chown ? [instruction.chown] : []
    default:
      return []
  }
}

/** `app:www` names two, `--user=app` one. Read from the file itself, so that ranges fit. */
function parts({ range }: Word, text: string): Mention[] {
  const source = text.slice(range.start, range.end)
  return [...source.matchAll(/(?<![\w./${@-])[a-z_][a-z0-9_-]*(?![\w./@]|-)/g)].map((match) => ({
    name: match[0],
    range: { start: range.start + match.index, end: range.start + match.index + match[0].length },
    kind: 'account',
  }))
}

/** The name as last part of the home's path, wherever an instruction writes it. */
function homeMentions({ name, home }: Account, { text, dockerfile }: Analysis): OffsetRange[] {
  const path = knownValue(home)
  if (path === undefined || !path.endsWith(`/${name}`)) return []
  const found: OffsetRange[] = []
  for (const { range } of dockerfile.instructions) {
    for (
      let at = text.indexOf(path, range.start);
      at >= 0 && at < range.end;
      at = text.indexOf(path, at + 1)
    ) {
      const end = at + path.length
      const around = `${text[at - 1] ?? ' '}${text[end] ?? ' '}`
      if (!/[\w.-]/.test(around[0] as string) && !/[\w-]/.test(around[1] as string))
        found.push({ start: end - name.length, end })
    }
  }
  return found
}
