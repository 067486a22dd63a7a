import { describeIdentity, isUnprivileged } from '../../image/index.ts'
import { text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'

/** A port below 1024, and the image does not run as root. */
export const privilegedPort = defineRule({
  id: 'privileged-port',
  category: 'breakage',
  severity: 'information',
  summary: 'The image exposes a port below 1024 and runs as somebody else than root.',
  why: 'Docker and Podman let everybody listen on any port in a network of the container’s own. Kubernetes does so only where the runtime sets net.ipv4.ip_unprivileged_port_start, and no engine does with the host’s network.',
  remedy: 'Listen on a port above 1023, such as 8080, and map it outside.',
  references: [
    'container-facts/port-80-own-network',
    'container-facts/port-80-host-network',
    'Kubernetes: safe sysctls',
  ],
  profiles: ['kubernetes', 'openshift'],
  check({ timeline }, report) {
    const { target, runtime } = timeline
    if (!target || !runtime || !isUnprivileged(runtime.state.identity) || target.base?.os === 'windows')
      return
    for (const { port, origin } of runtime.state.ports) {
      const number = Number.parseInt(port, 10)
      if (origin.kind !== 'instruction' || !(number > 0 && number < 1024)) continue
      report({
        at: origin.range,
        message: text`Port ${number} is for root on some clusters, and this image runs as ${describeIdentity(runtime.state.identity)}. Listen on a port above 1023, such as ${number === 443 ? 8443 : 8000 + number}, and map it outside.`,
        certainty: 'possible',
      })
    }
  },
})
