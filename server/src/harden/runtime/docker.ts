import { highPort } from '../port-step.ts'
import type { Powers } from './powers.ts'

/** One `docker run`, a flag a line. */
export function dockerRun(powers: Powers): string {
  return [`docker run --rm`, ...flagsOf(powers), 'IMAGE'].join(' \\\n  ')
}

export function flagsOf(powers: Powers): readonly string[] {
  const { user, capabilities, noNewPrivileges, readOnly, tmpfs, volumes, ports, windows } = powers
  const published = publishedPorts(ports).map(({ host, port }) => `-p ${host}:${port}`)
  if (windows) return [`--user ${user}`, ...published]
  return [
    ...(user === null ? [] : [`--user ${user}`]),
    '--cap-drop=ALL',
    ...capabilities.map((capability) => `--cap-add=${capability}`),
    ...(noNewPrivileges ? ['--security-opt=no-new-privileges'] : []),
    ...(readOnly ? ['--read-only', ...tmpfs.map((mount) => `--tmpfs ${mount}`)] : []),
    ...volumes.map((path) => `-v ${volumeName(path)}:${path}`),
    ...published,
  ]
}

/** Each port with one of the host that everybody may listen on: 80 at 8080, 443 at 8443, or the next one that no other port is published at. */
export function publishedPorts(
  ports: readonly string[],
): readonly { readonly host: number; readonly port: string }[] {
  const taken = new Set(ports)
  return ports.map((port) => {
    const [number = '', protocol] = port.split('/')
    let host = highPort(Number(number))
    if (host === Number(number)) return { host, port }
    const onHost = () => (protocol === undefined ? String(host) : `${host}/${protocol}`)
    while (taken.has(onHost())) host++
    taken.add(onHost())
    return { host, port }
  })
}

/** `/var/lib/app/data` → `app-data`. */
export function volumeName(path: string): string {
  const parts = path.split('/').filter((part) => part !== '')
  const name = parts
    .slice(-2)
    .join('-')
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return name || 'data'
}
