import type { StageTimeline } from '../image/types.ts'

/** How this image makes accounts. */
export type AccountTool = 'shadow' | 'busybox' | 'none'

export function accountToolOf(stage: StageTimeline): AccountTool {
  const { base } = stage
  if (!base || base.os === 'windows') return 'none'
  if (base.tools.useradd) return 'shadow'
  return base.tools.adduser === 'busybox' ? 'busybox' : 'none'
}

export interface WantedAccount {
  readonly name: string
  readonly uid: number
  readonly gid: number
  /** An existing folder of the image, which the account does not own. */
  readonly home: string
  readonly shell: string
}

/**
 * The commands that make a group and an account of it, without a home of their own, with what the system has.
 * RHEL's useradd makes the home unless told not to; a uid from 100000 on makes lastlog huge without --no-log-init.
 */
export function accountCommands(
  tool: Exclude<AccountTool, 'none'>,
  account: WantedAccount,
): readonly string[] {
  const { name, uid, gid, home, shell } = account
  return tool === 'shadow'
    ? [
        `groupadd --gid ${gid} ${name}`,
        `useradd --uid ${uid} --gid ${name}${uid >= 100_000 ? ' --no-log-init' : ''} --no-create-home --home-dir ${home} --shell ${shell} ${name}`,
      ]
    : [`addgroup -g ${gid} ${name}`, `adduser -D -H -h ${home} -s ${shell} -u ${uid} -G ${name} ${name}`]
}

/** Systems that have `nologin` in /sbin; the others have it in /usr/sbin. */
const nologinInSbin = new Set(
  'alpine busybox wolfi rhel fedora almalinux rockylinux oraclelinux amazonlinux'.split(' '),
)

/** Where `nologin` is in this family of systems. */
export function nologinOf(stage: StageTimeline): string {
  return nologinInSbin.has(stage.base?.os ?? '') ? '/sbin/nologin' : '/usr/sbin/nologin'
}
