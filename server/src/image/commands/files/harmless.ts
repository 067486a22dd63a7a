import { text } from '../../../l10n/index.ts'
import type { Outcome } from '../model.ts'
import { defineCommand, maybe, ok } from '../model.ts'

/** Programs that leave the image as it is. What they print is not worked out. */

/** They work whoever runs them. */
const always =
  'sleep uname arch nproc expr seq yes sync tr printenv pwd tty locale uptime free hostname whoami groups users logname who w last dmesg lscpu lsblk lsof df ps top pgrep clear reset tput cal factor numfmt'
const notAlways =
  'ping nc netcat ncat telnet dig host nslookup ip ifconfig ss netstat route traceroute arp kill killall pkill pidof mount umount mountpoint swapoff swapon sysctl modprobe lsmod ltrace gdb getent getcap getpcaps getconf dpkg-architecture dpkg-query dpkg-buildflags apt-cache apt-config envsubst scanelf certutil lsb_release which whereis stty tset script expect pg_isready redis-cli mysqladmin ssh ssh-keyscan ssh-add ssh-agent gpgconf docker kubectl helm aws gcloud az'

const harmless = (names: string, outcome: Outcome) =>
  defineCommand({ names: names.split(' '), run: () => outcome })

/** date -s sets the clock, which no container may (container-facts run-as-user-date-set). */
const date = defineCommand({
  names: ['date'],
  options: {
    set: '-s --set TEXT',
    format: '-d --date TEXT',
    reference: '-r --reference FILE',
    utc: '-u',
    iso: '-I [WHEN]',
    rfc: '-R',
  },
  run: ({ options, nameRange, world }) =>
    options.has('set')
      ? {
          status: 'fail',
          exitCode: 1,
          failure: {
            reason: 'not-permitted',
            certainty: 'likely',
            message: text`A container may not set the clock.`,
            range: nameRange,
            because: [world.origin],
            exitCode: 1,
          },
        }
      : ok,
})

export const harmlessCommands = [harmless(always, ok), harmless(notAlways, maybe), date]
