/** Names by bit: capabilities(7), include/uapi/linux/capability.h. */
const names =
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE'.split(
    ' ',
  )

/** The names of a mask as /proc writes it, sorted; a bit that has none yet by its number. */
export function capabilityNames(mask: string): readonly string[] {
  const bits = BigInt(`0x${mask}`)
  const found: string[] = []
  for (let bit = 0; bit < 64; bit++) if ((bits >> BigInt(bit)) & 1n) found.push(names[bit] ?? String(bit))
  return found.sort()
}
