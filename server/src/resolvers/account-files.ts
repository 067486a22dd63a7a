import type { BaseAccount, BaseGroup } from '../base-images/index.ts'

/** Accounts of an /etc/passwd; lines that are none are left out, as getpwnam(3) does. */
export function readPasswd(text: string): BaseAccount[] {
  return lines(text).flatMap((fields): BaseAccount[] => {
    const [name, , uid, gid, , home, shell] = fields
    const numbers = [uid, gid].map(id)
    if (!name || numbers.includes(null)) return []
    return [
      { name, uid: numbers[0] ?? null, gid: numbers[1] ?? null, home: home || null, shell: shell || null },
    ]
  })
}

export function readGroup(text: string): BaseGroup[] {
  return lines(text).flatMap(([name, , gid, members = '']): BaseGroup[] => {
    const number = id(gid)
    if (!name || number === null) return []
    return [{ name, gid: number, members: members.split(',').filter(Boolean) }]
  })
}

/** ID and VERSION_ID of an /etc/os-release. */
export function readOsRelease(text: string): { os: string | null; version: string | null } {
  const value = (key: string) => {
    const found = new RegExp(`^${key}=["']?([^"'\\n]*)["']?\\s*$`, 'm').exec(text)?.[1]
    return found ? found : null
  }
  const id = value('ID')
  return { os: id === null ? null : (names.get(id) ?? id), version: value('VERSION_ID') }
}

// os-release's ID → the catalogue's names
const names: ReadonlyMap<string, string> = new Map([
  ['amzn', 'amazonlinux'],
  ['ol', 'oraclelinux'],
  ['rocky', 'rockylinux'],
  ['mariner', 'azurelinux'],
  ['chainguard', 'wolfi'],
  ['arch', 'archlinux'],
  ['opensuse-leap', 'opensuse'],
  ['opensuse-tumbleweed', 'opensuse'],
])

function lines(text: string): string[][] {
  return text
    .split(/\r?\n/)
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(':'))
}

function id(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : null
}
