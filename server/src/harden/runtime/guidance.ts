import type { Analysis, RuntimeGuidance } from '../../analysis/index.ts'
import { english, type Language } from '../../l10n/index.ts'
import { composeService } from './compose.ts'
import { dockerRun } from './docker.ts'
import { kubernetesManifest } from './kubernetes.ts'
import { guidanceMarkdown } from './markdown.ts'
import { powersOf } from './powers.ts'

/** How to run the image that a file makes, hardened or not, with as little power as it needs. */
export function runtimeGuidance(analysis: Analysis, say: Language = english): RuntimeGuidance {
  const powers = powersOf(analysis)
  const docker = dockerRun(powers)
  const compose = composeService(powers)
  const kubernetes = kubernetesManifest(powers)
  return {
    docker,
    compose,
    kubernetes,
    markdown: guidanceMarkdown(powers, { docker, compose, kubernetes }, say),
    user: powers.user,
    capabilities: powers.capabilities,
    readOnly: powers.readOnly,
    tmpfs: powers.tmpfs,
    volumes: powers.volumes,
    ports: powers.ports,
    notes: powers.notes.map(say),
  }
}
