import type { CommandInstruction, Dockerfile, OffsetRange, WordsInstruction } from '../../dockerfile/types.ts'
import {
  type Fix,
  inOrder,
  type TextEdit,
  withoutCommands,
  withoutInstruction,
  withoutWord,
} from '../../fixes/index.ts'
import { instructionOf, lineageOf, nameOf } from '../../image/index.ts'
import type { CommandRun, ShellValue, StageTimeline } from '../../image/types.ts'
import { text } from '../../l10n/index.ts'
import { parseShell, simpleCommands } from '../../shell/index.ts'
import { defineRule } from '../types.ts'

/** An SSH server in the container: a second way in, with its own accounts and keys. */
export const sshServer = defineRule({
  id: 'ssh-server',
  category: 'power',
  severity: 'warning',
  summary: 'The container starts an SSH server, or exposes its port.',
  why: 'An SSH server is a second way in: it runs as root, brings accounts, passwords and host keys that every copy of the image shares, and nobody sees its logins beside those of the engine.',
  remedy:
    'Use `docker exec` or `kubectl exec`, which ask the engine who may. Leave the server and port 22 out.',
  equivalents: {
    trivy: ['DS-0004', 'AVD-DS-0004', 'DS004'],
    checkov: ['CKV_DOCKER_1'],
    kics: ['5907595b-5b6d-4142-b173-dbb0e73fbff8'],
  },
  references: ['CIS Docker Benchmark 5.6', 'NIST SP 800-190 4.4'],
  check({ timeline }, report) {
    const { target, runtime, dockerfile } = timeline
    if (!target || !runtime || target.base?.os === 'windows') return
    const port = exposedPort(target)
    const started = runtime.commands.find(startsServer)
    const origin = (runtime.state.entrypoint ?? runtime.state.cmd)?.origin
    const start =
      started && origin?.kind === 'instruction' ? instructionOf(dockerfile, origin.range.start) : undefined
    if (started && start && (start.keyword === 'CMD' || start.keyword === 'ENTRYPOINT')) {
      // It is the very command of the image, or the last one of the script: then SSH is what this image is for.
      const isPurpose = started === runtime.commands.at(-1) || runtime.argv.some(isServer)
      report({
        at: start.keywordRange,
        message: isPurpose
          ? text`This image is an SSH server. Let in keys only, no passwords and not root, and make the host keys at the first start: in the image they are everybody’s.`
          : text`The start runs an SSH server beside the program: a second way in, as root. Use \`docker exec\` or \`kubectl exec\` instead.`,
        severity: isPurpose ? 'information' : 'warning',
        certainty: started.reached === 'certain' ? 'certain' : 'likely',
        related: port ? [{ range: port.word, message: text`Its port is exposed here.` }] : [],
        fixes: () => (isPurpose ? [] : withoutServer(dockerfile, start, port)),
      })
      return
    }
    if (port)
      report({
        at: port.word,
        message: text`Port 22 is that of an SSH server, a second way into the container. Unless that is what the image is for, leave the port out and use \`docker exec\` or \`kubectl exec\`.`,
        severity: 'information',
        certainty: 'likely',
        fixes: () => [
          {
            kind: 'edit',
            title: text`Do not expose port 22`,
            safety: 'suggestion',
            edits: [withoutPort(dockerfile, port)],
          },
        ],
      })
  },
})

interface ExposedPort {
  readonly word: OffsetRange
  readonly instruction: WordsInstruction
}

function exposedPort(target: StageTimeline): ExposedPort | undefined {
  for (const { steps } of lineageOf(target)) {
    for (const { instruction } of steps) {
      if (instruction.keyword !== 'EXPOSE') continue
      const word = instruction.words.find(({ raw }) => /^22(\/tcp)?$/i.test(raw))
      if (word) return { word: word.range, instruction }
    }
  }
  return undefined
}

const isServer = (program: string) => /^(.*\/)?(sshd|dropbear)$/.test(program)

/** `sshd -D`, `service ssh start`, `/etc/init.d/ssh start`; not `sshd -t`, which only reads the configuration. */
function startsServer({ argv }: Pick<CommandRun, 'argv'>): boolean {
  const [program = '', ...words] = argv.map((word: ShellValue) => word.text ?? '')
  const name = nameOf(program)
  const isStart = words.some((word) => word === 'start' || word === 'restart')
  if (program.startsWith('/etc/init.d/')) return isStart && /^(ssh|sshd|dropbear)$/.test(name)
  if (isServer(program)) return !words.some((word) => /^-[tTGV]$/.test(word))
  return (
    (name === 'service' || name === 'rc-service') && isStart && /^(ssh|sshd|dropbear)$/.test(words[0] ?? '')
  )
}

function withoutPort(dockerfile: Dockerfile, { word, instruction }: ExposedPort): TextEdit {
  return instruction.words.length === 1
    ? withoutInstruction(dockerfile, instruction)
    : withoutWord(dockerfile, word)
}

/** `service ssh start && exec app` → `exec app`, and its port with it. */
function withoutServer(
  dockerfile: Dockerfile,
  instruction: CommandInstruction,
  port: ExposedPort | undefined,
): readonly Fix[] {
  if (instruction.command.form !== 'shell') return []
  const command = simpleCommands(parseShell(instruction.command.script)).find(({ words }) =>
    startsServer({ argv: words.map((word) => ({ ...word, glob: false })) }),
  )
  const start = command && withoutCommands(dockerfile, instruction, [command.range])
  // Nothing else would be left to start.
  if (!start || start.some(({ range }) => range.start < instruction.keywordRange.end)) return []
  return [
    {
      kind: 'edit',
      title: text`Start without the SSH server`,
      safety: 'suggestion',
      edits: inOrder(port ? [withoutPort(dockerfile, port), ...start] : start),
    },
  ]
}
