import { publishedPorts, volumeName } from './docker.ts'
import type { Powers } from './powers.ts'
import { yaml } from './yaml.ts'

/** A Compose service with the same limits. */
export function composeService(powers: Powers): string {
  const { user, capabilities, noNewPrivileges, readOnly, tmpfs, volumes, ports, windows } = powers
  const service: Record<string, unknown> = { image: 'IMAGE' }
  if (user !== null) service.user = user
  if (!windows) {
    service.cap_drop = ['ALL']
    if (capabilities.length > 0) service.cap_add = capabilities
    if (noNewPrivileges) service.security_opt = ['no-new-privileges:true']
    if (readOnly) {
      service.read_only = true
      service.tmpfs = tmpfs
    }
  }
  if (volumes.length > 0) service.volumes = volumes.map((path) => `${volumeName(path)}:${path}`)
  if (ports.length > 0) service.ports = publishedPorts(ports).map(({ host, port }) => `${host}:${port}`)
  return yaml({
    services: { app: service },
    ...(volumes.length > 0
      ? { volumes: Object.fromEntries(volumes.map((path) => [volumeName(path), {}])) }
      : {}),
  })
}
