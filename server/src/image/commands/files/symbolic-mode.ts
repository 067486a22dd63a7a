/** Modes as chmod, mkdir -m and install -m take them. coreutils: lib/modechange.c; container-facts chmod-form-*. */

/** From the old mode to the new one. */
export type ModeChange = (old: number, isDirectory: boolean) => number

const rights: Readonly<Record<string, number>> = { r: 0o444, w: 0o222, x: 0o111, s: 0o6000, t: 0o1000 }
const classes: Readonly<Record<string, number>> = { u: 0o4700, g: 0o2070, o: 0o1007, a: 0o7777 }
const special = 0o6000

/**
 * Whose reading: GNU keeps setuid and setgid of folders that the mode does not name, BusyBox and the builder clear
 * them. BusyBox has no sticky bit among the rights of others, and looks at what is left after `=` (libbb/parse_mode.c).
 */
export type ModeDialect = 'gnu' | 'busybox' | 'builder'

export interface ReadMode {
  readonly change: ModeChange
  /** Written as a number: every file gets it. */
  readonly number: number | undefined
}

/**
 * @param umask what a clause without `ugoa` spares
 */
export function readMode(text: string, umask: number, dialect: ModeDialect = 'gnu'): ReadMode | undefined {
  if (/^[0-7]{1,7}$/.test(text)) {
    const number = Number.parseInt(text, 8)
    if (number > 0o7777) return undefined
    const keep = dialect === 'gnu' && text.length < 5 ? special & ~number : 0
    return { number, change: (old, isDirectory) => number | (isDirectory ? old & keep : 0) }
  }
  const changes = text.split(',').map((clause) => readClause(clause, umask, dialect))
  if (changes.some((change) => change === undefined)) return undefined
  return {
    number: undefined,
    change: (old, isDirectory) =>
      changes.reduce((mode, change) => (change as ModeChange)(mode, isDirectory), old),
  }
}

/** `ug+rwX-t`: who, and then any number of operators with rights, a class to copy or a number. */
function readClause(clause: string, umask: number, dialect: ModeDialect): ModeChange | undefined {
  const [, who, rest] = /^([ugoa]*)([-+=].*)$/.exec(clause) ?? []
  if (who === undefined || rest === undefined) return undefined
  const sticky = dialect === 'busybox' && !who.includes('a') ? 0o1000 : 0
  const affected = [...who].reduce((mask, letter) => mask | (classes[letter] as number), 0) & ~sticky
  const actions: ModeChange[] = []
  for (const [whole, operator, what] of rest.matchAll(/([-+=])([0-7]+|[ugo]|[rwxXst]*)/g)) {
    if (whole === '' || what === undefined) return undefined
    actions.push(readAction(operator as string, what, affected, umask, dialect))
  }
  if ([...rest.matchAll(/([-+=])([0-7]+|[ugo]|[rwxXst]*)/g)].map(([whole]) => whole).join('') !== rest)
    return undefined
  return (old, isDirectory) => actions.reduce((mode, action) => action(mode, isDirectory), old)
}

function readAction(
  operator: string,
  what: string,
  affected: number,
  umask: number,
  dialect: ModeDialect,
): ModeChange {
  return (before, isDirectory) => {
    const clears = dialect === 'busybox' && operator === '='
    const old = clears ? before & (affected === 0 ? 0 : ~affected) & 0o7777 : before
    const value = bitsOf(what, old, isDirectory)
    // A folder's setuid and setgid stay unless they are named.
    const named = affected === 0 ? value : affected & value
    const spared = isDirectory && dialect === 'gnu' ? special & ~named : 0
    const applied = value & (affected === 0 ? ~umask : affected) & ~spared
    if (operator === '+') return old | applied
    if (operator === '-') return old & ~applied
    return (old & ((affected === 0 ? 0 : ~affected) | spared) & 0o7777) | applied
  }
}

function bitsOf(what: string, old: number, isDirectory: boolean): number {
  if (/^[0-7]+$/.test(what)) return Number.parseInt(what, 8) & 0o7777
  if (/^[ugo]$/.test(what)) {
    const bits = old & (classes[what] as number) & 0o777
    return (bits & 0o444 ? 0o444 : 0) | (bits & 0o222 ? 0o222 : 0) | (bits & 0o111 ? 0o111 : 0)
  }
  let value = 0
  for (const letter of what)
    value |= letter === 'X' ? (isDirectory || (old & 0o111) !== 0 ? 0o111 : 0) : (rights[letter] as number)
  return value
}
