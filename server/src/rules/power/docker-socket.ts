import type { Dockerfile, OffsetRange } from '../../dockerfile/types.ts'
import { type Fix, withoutGroup, withoutInstruction, withoutWord } from '../../fixes/index.ts'
import { instructionOf, readAccountWish, stepsOf } from '../../image/index.ts'
import { text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'

const socket = /^(\/var)?\/run\/(docker|containerd\/containerd|crio\/crio|podman\/podman)\.sock$/

/** The engine's socket: who may talk to it is root of the host. */
export const dockerSocket = defineRule({
  id: 'docker-socket',
  category: 'power',
  severity: 'warning',
  summary: 'The image is made to talk to the container engine of its host.',
  why: 'Who may talk to the engine’s socket starts a privileged container and is root of the host, whatever user the image runs as.',
  remedy:
    'Use a rootless builder (BuildKit, Buildah, Kaniko), or a proxy that lets only the needed calls through.',
  equivalents: { semgrep: ['dockerd-socket-mount'] },
  references: ['CIS Docker Benchmark 5.32'],
  check({ timeline }, report) {
    const { target, dockerfile } = timeline
    if (!target || target.base?.os === 'windows') return
    for (const { path, origin } of target.final.volumes) {
      if (!socket.test(path) || origin.kind !== 'instruction') continue
      report({
        at: origin.range,
        message: text`VOLUME ${path} asks for the engine’s socket: who may talk to it is root of the host. A volume of that name is an empty folder, so nothing is lost without this line.`,
        fixes: () => withoutVolume(dockerfile, origin.range, path),
      })
    }
    for (const { commands, instruction } of stepsOf(target)) {
      for (const command of commands) {
        const { argv, failure } = command
        const wish = failure ? undefined : readAccountWish(argv)
        const group =
          wish?.kind === 'member'
            ? wish.group
            : wish?.kind === 'user'
              ? (wish.groups ?? wish.group)
              : undefined
        const user =
          wish?.kind === 'member' ? wish.user.text : wish?.kind === 'user' ? wish.name.text : undefined
        if (!group?.text?.split(',').includes('docker') || user === 'docker') continue
        report({
          at: group.range,
          message: text`${user ? `\`${user}\`` : text`This account`} joins the group \`docker\`: with the engine’s socket it is root of the host. Use a rootless builder, or a proxy in front of the socket.`,
          severity: 'information',
          certainty: 'likely',
          fixes: () => {
            const edits =
              wish && instruction.keyword === 'RUN'
                ? withoutGroup(dockerfile, instruction, command, wish, 'docker')
                : undefined
            return edits
              ? [
                  {
                    kind: 'edit',
                    title: text`Leave the group \`${'docker'}\` out`,
                    safety: 'suggestion',
                    edits,
                  },
                ]
              : []
          },
        })
      }
    }
  },
})

function withoutVolume(dockerfile: Dockerfile, { start }: OffsetRange, path: string): readonly Fix[] {
  const instruction = instructionOf(dockerfile, start)
  if (instruction?.keyword !== 'VOLUME') return []
  const word = instruction.words.find(({ raw }) => raw.replace(/\/+$/, '') === path)
  const alone = instruction.words.length === 1
  // In a JSON list the commas would have to follow.
  if (!alone && (!word || instruction.form === 'json')) return []
  return [
    {
      kind: 'edit',
      title: text`Leave this volume out`,
      safety: 'suggestion',
      edits: [
        alone || !word ? withoutInstruction(dockerfile, instruction) : withoutWord(dockerfile, word.range),
      ],
    },
  ]
}
