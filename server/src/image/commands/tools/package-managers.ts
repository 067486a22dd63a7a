import type { Known } from '../../../known.ts'
import { unknown } from '../../../known.ts'
import { type Message, text } from '../../../l10n/index.ts'
import { groupByName, userByName } from '../../accounts.ts'
import { find, put } from '../../files.ts'
import { foldersAt, openedAt, openedFolders } from '../../opened.ts'
import { pathIn, setFiles } from '../../operations.ts'
import { installPackages } from '../../programs.ts'
import type { Account, Accounts, Group, Unlisted } from '../../types.ts'
import { setAccounts } from '../accounts/effects.ts'
import { mayMake, mayWriteInto, network } from '../files/unlisted.ts'
import type { Call, CommandModel, OptionTable, Outcome, World } from '../model.ts'
import { defineCommand, maybe } from '../model.ts'
import { accountsOfPackages } from './package-accounts.ts'
import { refusedWithoutRoot } from './root-only.ts'

/** A package manager as data. */
interface Manager {
  readonly names: string
  readonly family: 'apt' | 'apk' | 'rpm' | 'other'
  /** Subcommands that install what their operands name. */
  readonly installs: string
  /** Subcommands that anybody may use. */
  readonly asks: string
  /** Exit code as somebody else than root. */
  readonly exitCode: number
  /** What it cannot do then. */
  readonly why: Message
  /** Options with a value. */
  readonly values?: string
  /** The subcommand is an option: `rpm -i`, `pacman -S`. */
  readonly byOption?: boolean
}

const managers: readonly Manager[] = [
  {
    names: 'apt-get apt aptitude',
    family: 'apt',
    installs: 'install reinstall build-dep',
    asks: 'download source changelog list search show policy depends rdepends showsrc indextargets moo help version',
    exitCode: 100, // container-facts run-as-user-apt-get-update
    why: text`it cannot lock /var/lib/apt and /var/lib/dpkg.`,
    values: '-o --option -c --config-file -t --target-release --default-release -a --host-architecture -q= X',
  },
  {
    names: 'apk',
    family: 'apk',
    installs: 'add',
    asks: 'info list search policy dot stats version audit manifest fetch verify',
    exitCode: 99, // apk-tools: main() returns 99 where the database cannot be opened
    why: text`it cannot lock /lib/apk/db.`,
    values:
      '-t --virtual -X --repository -p --root --keys-dir --repositories-file --wait --arch --cache-dir --cache-max-age --progress-fd X',
  },
  {
    names: 'yum dnf dnf5 dnf-3 microdnf',
    family: 'rpm',
    installs: 'install reinstall localinstall groupinstall module builddep build-dep swap distro-sync',
    asks: 'list info search repolist repoquery provides whatprovides help check-update deplist history updateinfo',
    exitCode: 1,
    why: text`the rpm database is root’s.`,
    values:
      '--enablerepo --disablerepo --repo --repoid --installroot --releasever --setopt -c --config -x --exclude --rpmverbosity --forcearch -d --debuglevel -e --errorlevel X',
  },
  {
    names: 'tdnf',
    family: 'rpm',
    installs: 'install reinstall',
    asks: 'list info search repolist repoquery provides help check-update',
    exitCode: 1,
    why: text`the rpm database is root’s.`,
    values: '--enablerepo --disablerepo --installroot --releasever --setopt -c X',
  },
  {
    names: 'zypper',
    family: 'other',
    installs: 'install in',
    asks: 'search se info if list-updates lu repos lr packages pa what-provides help',
    exitCode: 5, // zypper(8): ZYPPER_EXIT_ERR_PRIVILEGES
    why: text`the rpm database is root’s.`,
    values: '-R --root -r --repo --from -t --type -C --capability X',
  },
  {
    names: 'pacman',
    family: 'other',
    installs: '-S -U',
    asks: '-Q -T -F -V',
    exitCode: 1,
    why: text`its database is root’s.`,
    byOption: true,
  },
  {
    names: 'rpm',
    family: 'rpm',
    installs: '-i -U -F --install --upgrade',
    asks: '-q -V -K --query --verify --checksig --eval --showrc',
    exitCode: 1,
    why: text`the rpm database is root’s.`,
    byOption: true,
  },
  {
    names: 'apt-mark',
    family: 'apt',
    installs: 'none',
    asks: 'showauto showmanual showhold showinstall',
    exitCode: 100,
    why: text`it cannot lock /var/lib/dpkg.`,
  },
  {
    names: 'swupd',
    family: 'other',
    installs: 'bundle-add',
    asks: 'info search bundle-list check-update',
    exitCode: 1,
    why: text`it changes /usr.`,
  },
  { names: 'emerge', family: 'other', installs: '', asks: '', exitCode: 1, why: text`it changes /usr.` },
  {
    names: 'xbps-install xbps-remove',
    family: 'other',
    installs: '',
    asks: '',
    exitCode: 1,
    why: text`its database is root’s.`,
  },
  {
    names: 'opkg ipkg',
    family: 'other',
    installs: 'install',
    asks: 'list list-installed info files search',
    exitCode: 255,
    why: text`its database is root’s.`,
  },
]

/** Folders that packages put files into. */
const systemFolders = foldersAt(
  '/etc /etc/apt /etc/ssl /usr /usr/bin /usr/sbin /usr/lib /usr/lib64 /usr/libexec /usr/share /usr/include /usr/local/share /usr/src /bin /sbin /lib /lib64 /var /var/lib /var/lib/apt /var/lib/apt/lists /var/lib/dpkg /var/cache /var/cache/apt /var/log /var/spool /var/www /var/mail /srv /opt /run /home'.split(
    ' ',
  ),
)

const localFolders = foldersAt([
  '/usr/local',
  '/usr/local/bin',
  '/usr/local/sbin',
  '/usr/local/lib',
  '/usr/local/etc',
  '/usr/local/include',
])

export const packageManagers: readonly CommandModel[] = managers.map((manager) =>
  defineCommand({
    names: manager.names.split(' '),
    ...optionsOf(manager),
    run: (call) => runManager(call, manager),
  }),
)

function optionsOf(manager: Manager): { options?: OptionTable } {
  return manager.values ? { options: { value: manager.values } } : {}
}

/** `dnf --installroot /mnt/rootfs`, `apk --root /x`: another tree is filled, of which we know nothing. */
function fillOtherRoot(call: Call): void {
  const { world, args } = call
  for (const [index, { text = '' }] of args.entries()) {
    const [, inline] = /^(?:--installroot|--root|--rootdir|--sysroot)(?:=(.*))?$/.exec(text) ?? []
    const given =
      inline ??
      (/^(--installroot|--root|--rootdir|--sysroot)$/.test(text) ? args[index + 1]?.text : undefined)
    const path = given === undefined ? undefined : pathIn(world, given)
    if (path === undefined) continue
    mayMake(world, path)
    const found = find(world.state.files, path)
    const root = { certainty: 'likely' as const, value: 0, because: [world.origin] }
    const unlisted: Unlisted = { owner: root, group: root, mode: unknown([world.origin]) }
    if (found.node.kind === 'directory')
      setFiles(world, put(world.state.files, found.path, openedFolders(found.node, unlisted)))
  }
}

function runManager(call: Call, manager: Manager): Outcome {
  const words = manager.byOption ? call.args : call.operands
  const command = words.find(
    ({ text }) => text !== undefined && (!manager.byOption || text.startsWith('-')),
  )?.text
  const list = (text: string) => text.split(' ').filter((word) => word !== '')
  const is = (text: string) =>
    command !== undefined &&
    (manager.byOption
      ? list(text).some((flag) => (flag.startsWith('--') ? command === flag : command.startsWith(flag)))
      : list(text).includes(command))
  const asksOnly =
    call.args.some(
      ({ text }) =>
        text !== undefined &&
        /^(--version|--help|--print-uris|--dry-run|--simulate|-s|--just-print)$/.test(text),
    ) ||
    (command === undefined && !call.options.uncertain)
  if (asksOnly || is(manager.asks)) {
    if (command === 'download' || command === 'source') mayWriteInto(call.world, pathIn(call.world, '.'))
    return maybe
  }
  const refused = refusedWithoutRoot(call, manager.exitCode, manager.why)
  if (refused?.status === 'fail') return refused
  fillOtherRoot(call)
  if (is(manager.installs) || manager.installs === '') {
    const named = (
      manager.byOption
        ? call.args.filter(({ text }) => text !== command && !text?.startsWith('-'))
        : call.operands.slice(1)
    ).map(({ text }) => text)
    const readable = named.flatMap((text) => (text === undefined ? [] : [text]))
    installed(
      call.world,
      manager.family,
      readable.filter(isName),
      named.some((text) => text === undefined || !isName(text)) || call.options.uncertain,
    )
  } else if (command === undefined || call.options.uncertain) installPackages(call.world, 'unknown')
  else systemChanged(call.world)
  return refused ?? network
}

/** A file or a URL names a package too, but not which. */
const isName = (text: string) => !/[/*$]/.test(text.replace(/[=<>~].*$/, '')) && !text.startsWith('@')

/** Packages are there from here on, with what their scripts make. */
export function installed(
  world: World,
  family: Manager['family'],
  names: readonly string[],
  others: boolean,
): void {
  if (others) installPackages(world, 'unknown')
  if (names.length > 0) installPackages(world, names)
  const { accounts, complete } = accountsOfPackages(family, names)
  let next: Accounts = world.state.accounts
  for (const { user, group } of accounts) {
    if (group.name !== '' && !groupByName(next, group.name))
      next = { ...next, groups: [...next.groups, newGroup(world, group.name, group.gid)] }
    if (user && !userByName(next, user.name)) {
      const gid: Known<number> = groupByName(next, group.name)?.gid ?? number(world, group.gid)
      next = { ...next, users: [...next.users, newAccount(world, user, gid)] }
    }
  }
  if (next.complete && (others || !complete)) next = { ...next, complete: false }
  setAccounts(world, next)
  systemChanged(world)
  // Packages that no distribution made put files where they like.
  if (others) fillUnlisted(world, localFolders)
}

function number(world: World, value: number | undefined): Known<number> {
  return value === undefined
    ? unknown([world.origin])
    : { certainty: 'likely', value, because: [world.origin] }
}
function newAccount(
  world: World,
  user: { name: string; uid?: number; home: string },
  gid: Known<number>,
): Account {
  return {
    name: user.name,
    uid: number(world, user.uid),
    gid,
    home: { certainty: 'likely', value: user.home, because: [world.origin] },
    shell: unknown([world.origin]),
    certainty: 'likely',
    origin: world.origin,
  }
}
function newGroup(world: World, name: string, gid: number | undefined): Group {
  return { name, gid: number(world, gid), members: [], certainty: 'likely', origin: world.origin }
}

/** Files of packages may lie in the system's folders: root's as a rule. What is known there stays. */
export function systemChanged(world: World): void {
  fillUnlisted(world, systemFolders)
}

function fillUnlisted(world: World, folders: ReturnType<typeof foldersAt>): void {
  const root = { certainty: 'likely' as const, value: 0, because: [world.origin] }
  const unlisted: Unlisted = { owner: root, group: root, mode: unknown([world.origin]) }
  setFiles(world, openedAt(world.state.files, folders, unlisted))
}

/** dpkg(1): asking needs nobody, all else root. container-facts run-as-user-dpkg-configure. */
export const dpkg = defineCommand({
  names: ['dpkg', 'dpkg-reconfigure', 'dpkg-divert', 'dpkg-statoverride', 'debconf-set-selections'],
  run(call) {
    const asks = call.args.some(
      ({ text }) =>
        text !== undefined &&
        /^(-[lLsSpcIWxX]|--(list|listfiles|status|search|print-|get-selections|version|help|compare-versions|contents|info|extract|field|audit|list))/.test(
          text,
        ),
    )
    if (asks && !call.args.some(({ text }) => text === '-i' || text === '--install')) {
      const [, folder] = call.operands
      if (
        call.args.some(({ text }) => text === '-x' || text === '-X' || text === '--extract') &&
        folder?.text !== undefined
      )
        mayWriteInto(call.world, pathIn(call.world, folder.text))
      return maybe
    }
    const refused = refusedWithoutRoot(
      call,
      call.name === 'dpkg' ? 2 : 1,
      text`it changes the package database.`,
      call.name === 'dpkg' ? 'certain' : 'likely',
    )
    if (refused?.status === 'fail') return refused
    if (call.args.some(({ text }) => text === '-i' || text === '--install'))
      installed(call.world, 'apt', [], true)
    else systemChanged(call.world)
    return refused ?? maybe
  },
})
