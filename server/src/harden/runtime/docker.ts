import type { Powers } from './powers.ts'

/** One `docker run`, a flag a line. */
export function dockerRun(powers: Powers): string {
  return [`docker run --rm`, ...flagsOf(powers), 'IMAGE'].join(' \\\n  ')
}

export function flagsOf(powers: Powers): readonly string[] {
  const { user, capabilities, noNewPrivileges, readOnly, tmpfs, volumes, ports, windows } = powers
  const published = ports.map((port) => `-p ${publishedPort(port)}:${port}`)
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

/** A port that everybody may listen on: 80 becomes 8080, 443 becomes 8443. */
export function publishedPort(port: string): number {
  const number = Number.parseInt(port, 10)
  return number >= 1024 ? number : number === 443 ? 8443 : number === 80 ? 8080 : 8000 + number
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
