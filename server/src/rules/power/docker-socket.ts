import { lineageOf, readAccountWish, stepsOf } from '../../image/index.ts'
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
    const { target } = timeline
    if (!target || target.base?.os === 'windows') return
    for (const { volumes } of lineageOf(target)
      .slice(-1)
      .map(({ final }) => final)) {
      for (const { path, origin } of volumes) {
        if (!socket.test(path) || origin.kind !== 'instruction') continue
        report({
          at: origin.range,
          message: text`VOLUME ${path} asks for the engine’s socket: who may talk to it is root of the host. A volume of that name is an empty folder, so nothing is lost without this line.`,
        })
      }
    }
    for (const { commands } of stepsOf(target)) {
      for (const { argv, failure } of commands) {
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
        })
      }
    }
  },
})
