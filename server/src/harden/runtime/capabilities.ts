import type { Subject } from '../subject.ts'
import { workloadOf } from '../workload.ts'
import { withFileCapabilities } from './file-capabilities.ts'

/** What programs need of root's powers, whoever runs them. */
const needed: readonly { readonly programs: RegExp; readonly capabilities: readonly string[] }[] = [
  { programs: /^(?:tcpdump|tshark|dumpcap|nmap|arping|snort|suricata)$/, capabilities: ['NET_RAW'] },
  {
    programs: /^(?:openvpn|wg|wg-quick|iptables|ip6tables|nft|keepalived|bird|frr|strongswan|charon)$/,
    capabilities: ['NET_ADMIN'],
  },
  { programs: /^(?:dlv|gdb|strace|py-spy)$/, capabilities: ['SYS_PTRACE'] },
  { programs: /^(?:ntpd|chronyd)$/, capabilities: ['SYS_TIME'] },
  { programs: /^(?:mount|fusermount|s3fs|rclone-mount)$/, capabilities: ['SYS_ADMIN'] },
  { programs: /^sshd$/, capabilities: ['SYS_CHROOT', 'SETUID', 'SETGID', 'AUDIT_WRITE'] },
]

/** What the entrypoints of official images do before they step down, beyond chown. */
const preparing: readonly { readonly programs: RegExp; readonly capabilities: readonly string[] }[] = [
  // docker-library/postgres, docker-entrypoint.sh: chmod of PGDATA and of /var/run/postgresql, which it gave away before.
  { programs: /^postgres$/, capabilities: ['FOWNER'] },
]

/** With --cap-drop=ALL, the few to give back. */
export function capabilitiesOf(subject: Subject, stepsDown: boolean, mustBeRoot: boolean): readonly string[] {
  const { runtime } = subject
  const found = new Set<string>()
  const { programs } = workloadOf(subject)
  for (const { programs: pattern, capabilities } of needed)
    if ([...programs].some((program) => pattern.test(program)))
      for (const capability of capabilities) found.add(capability)
  if (stepsDown || mustBeRoot) {
    found.add('SETUID').add('SETGID')
    const prepares = runtime.script
      ? runtime.commands.some(({ name }) => name === 'chown' || name === 'chgrp')
      : true
    if (prepares) found.add('CHOWN').add('DAC_OVERRIDE')
    if (runtime.commands.some(({ name }) => name === 'chmod')) found.add('FOWNER')
    for (const { programs: pattern, capabilities } of runtime.script ? [] : preparing)
      if ([...programs].some((program) => pattern.test(program)))
        for (const capability of capabilities) found.add(capability)
    if (mustBeRoot) {
      found.add('CHOWN').add('DAC_OVERRIDE').add('FOWNER').add('KILL')
      // Its init or supervisor starts sshd too, which puts who is not logged in yet into an empty folder.
      if (runtime.state.ports.some(({ port }) => port === '22')) found.add('SYS_CHROOT').add('AUDIT_WRITE')
    }
  }
  // A program with file capabilities that the container may not have cannot start (container-facts/setcap-cap-drop).
  for (const { capabilities } of withFileCapabilities(subject))
    for (const [name] of capabilities.matchAll(/cap_\w+/gi))
      found.add(name.toUpperCase().replace(/^CAP_/, ''))
  return [...found].sort()
}
