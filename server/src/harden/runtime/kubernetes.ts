import { volumeName } from './docker.ts'
import type { Powers } from './powers.ts'
import { yaml } from './yaml.ts'

/** A Deployment that meets the Pod Security Standard `restricted`, where the image can. */
export function kubernetesManifest(powers: Powers): string {
  const { capabilities, readOnly, tmpfs, volumes, ports, lowPorts, stepsDownTo, windows, mustBeRoot } = powers
  const uid = powers.uid ?? stepsDownTo?.uid
  const gid = powers.gid ?? stepsDownTo?.gid ?? uid
  const restricted = uid !== undefined && mustBeRoot === undefined
  // The only one that restricted allows.
  const added = restricted ? capabilities.filter((name) => name === 'NET_BIND_SERVICE') : capabilities
  const mounts = [
    ...(readOnly ? tmpfs.map((mount) => ({ path: mount.split(':')[0] ?? mount, lasting: false })) : []),
    ...volumes.map((path) => ({ path, lasting: true })),
  ].map((mount) => ({ ...mount, name: volumeName(mount.path) }))
  const container = {
    name: 'app',
    image: 'IMAGE',
    ...(ports.length > 0
      ? {
          ports: ports.map((port) => ({
            containerPort: Number.parseInt(port, 10),
            ...(port.endsWith('/udp') ? { protocol: 'UDP' } : {}),
          })),
        }
      : {}),
    ...(windows
      ? {}
      : {
          securityContext: {
            allowPrivilegeEscalation: restricted ? false : !powers.noNewPrivileges,
            ...(readOnly ? { readOnlyRootFilesystem: true } : {}),
            capabilities: { drop: ['ALL'], ...(added.length > 0 ? { add: added } : {}) },
          },
        }),
    ...(mounts.length > 0
      ? { volumeMounts: mounts.map(({ name, path }) => ({ name, mountPath: path })) }
      : {}),
  }
  const pod = {
    automountServiceAccountToken: false,
    securityContext: windows
      ? { windowsOptions: { runAsUserName: 'ContainerUser' } }
      : {
          ...(restricted
            ? { runAsNonRoot: true, runAsUser: uid, ...(gid === undefined ? {} : { runAsGroup: gid }) }
            : {}),
          ...(restricted && volumes.length > 0 && gid !== undefined
            ? { fsGroup: gid, fsGroupChangePolicy: 'OnRootMismatch' }
            : {}),
          ...(restricted && lowPorts.length > 0
            ? { sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }] }
            : {}),
          seccompProfile: { type: 'RuntimeDefault' },
        },
    containers: [container],
    ...(mounts.length > 0
      ? {
          volumes: mounts.map(({ name, lasting }) =>
            lasting ? { name, persistentVolumeClaim: { claimName: name } } : { name, emptyDir: {} },
          ),
        }
      : {}),
  }
  return yaml({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'app' },
    spec: {
      selector: { matchLabels: { app: 'app' } },
      template: { metadata: { labels: { app: 'app' } }, spec: pod },
    },
  })
}
