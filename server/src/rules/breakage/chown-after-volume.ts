import { isWithin, lineOf } from '../../image/index.ts'
import { text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'

/** RUN changes a volume after VOLUME: some builders lose it. */
export const chownAfterVolume = defineRule({
  id: 'chown-after-volume',
  category: 'breakage',
  severity: 'information',
  summary:
    'A step changes owner or mode of a folder after VOLUME: BuildKit keeps it, other builders lose it.',
  why: 'The classic builder, Kaniko and older Buildah throw away what RUN does in a folder that was declared a volume.',
  remedy: 'Put VOLUME after the step.',
  references: ['container-facts/volume-then-chown-app', 'container-facts/volume-classic-then-chown'],
  check({ timeline, settings }, report) {
    const { target } = timeline
    if (!target) return
    const lost = settings.builder !== 'buildkit'
    for (const { commands, before } of target.steps)
      for (const command of commands) {
        if (!/^(chown|chmod|chgrp|mkdir|install)$/.test(command.name ?? '')) continue
        const volume = before.volumes.find(
          ({ path, origin }) =>
            origin.kind === 'instruction' && command.writes.some((written) => isWithin(written, path)),
        )
        if (volume?.origin.kind !== 'instruction') continue
        const line = lineOf(timeline.dockerfile, volume.origin.range.start)
        report({
          at: command.range,
          message: lost
            ? text`${volume.path} is a volume since line ${line}: this builder throws away what \`${command.name ?? ''}\` does there. Put VOLUME after this step.`
            : text`${volume.path} is a volume since line ${line}. BuildKit keeps what \`${command.name ?? ''}\` does there; the classic builder, Kaniko and older Buildah lose it. Put VOLUME after this step.`,
          severity: lost ? 'warning' : 'information',
          related: [{ range: volume.origin.range, message: text`The volume is declared here.` }],
        })
        return
      }
  },
})
