import { type Fix, rewriteAccounts } from '../../fixes/index.ts'
import { type StepFailure, startFailures, stepFailures } from '../../image/index.ts'
import type { Timeline } from '../../image/types.ts'
import { type Message, text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'

/** The step uses useradd, adduser … which this system does not have, or has with other options. */
export const userToolMissing = defineRule({
  id: 'user-tool-missing',
  category: 'identity',
  severity: 'error',
  summary: 'A command for accounts or for switching user is not in this image, or takes other options there.',
  why: 'Alpine has BusyBox’s adduser and no useradd; Debian 13 and Ubuntu 24.04 come without adduser; ubi-minimal has neither. The step ends with exit code 127.',
  remedy: 'Write the commands of this system, or install the package that has them.',
  references: ['container-facts/busybox-useradd-missing', 'container-facts/adduser-busybox-options'],
  check({ timeline }, report) {
    for (const one of stepFailures(timeline)) {
      if (!isToolFailure(one)) continue
      const { failure } = one
      report({
        at: failure.range,
        message: text`${failure.message} ${advice(one)}`,
        severity: failure.certainty === 'certain' ? 'error' : 'warning',
        certainty: failure.certainty,
        fixes: () => repairs(timeline, one),
      })
    }
    for (const { failure, command } of startFailures(timeline)) {
      if (failure.reason !== 'command-not-found' || !switchingTools.test(failure.name ?? command.name ?? ''))
        continue
      report({
        at: failure.range,
        message: text`${failure.message} The container does not start. Install it, or set USER instead.`,
        severity: failure.certainty === 'certain' ? 'error' : 'warning',
        certainty: failure.certainty,
      })
    }
  },
})

const accountTools =
  /^(useradd|userdel|usermod|groupadd|groupdel|groupmod|gpasswd|adduser|addgroup|deluser|delgroup|chpasswd|passwd)$/
const switchingTools = /^(gosu|su-exec|setpriv|runuser|su|sudo|doas)$/

export function isToolFailure({ failure, command }: StepFailure): boolean {
  const name = failure.name ?? command?.name ?? ''
  return failure.reason === 'command-not-found'
    ? accountTools.test(name) || switchingTools.test(name)
    : failure.reason === 'unknown-option' && accountTools.test(command?.name ?? '')
}

/** Packages that bring a program, by package manager. */
const packages: readonly { readonly os: RegExp; readonly command: (name: string) => string | undefined }[] = [
  {
    os: /^(alpine|wolfi)$/,
    command: (name) =>
      install(
        'apk add --no-cache',
        {
          shadow: accountTools,
          'su-exec': /^su-exec$/,
          sudo: /^sudo$/,
          doas: /^doas$/,
          setpriv: /^setpriv$/,
          runuser: /^runuser$/,
        },
        name,
      ),
  },
  {
    os: /^(debian|ubuntu)$/,
    command: (name) =>
      install(
        'apt-get update && apt-get install -y --no-install-recommends',
        { adduser: /^(add|del)(user|group)$/, passwd: accountTools, gosu: /^gosu$/, sudo: /^sudo$/ },
        name,
        ' && rm -rf /var/lib/apt/lists/*',
      ),
  },
  {
    os: /^(rhel|fedora|almalinux|rockylinux|oraclelinux|amazonlinux)$/,
    command: (name) => install('microdnf install -y', { 'shadow-utils': accountTools, sudo: /^sudo$/ }, name),
  },
]

function install(
  prefix: string,
  brings: Readonly<Record<string, RegExp>>,
  name: string,
  suffix = '',
): string | undefined {
  const found = Object.entries(brings).find(([, programs]) => programs.test(name))
  return found && `${prefix} ${found[0]}${suffix}`
}

function advice({ stage, failure, command }: StepFailure): Message {
  const name = failure.name ?? command?.name ?? ''
  if (failure.reason === 'unknown-option') return text`Write the options of this system.`
  if (switchingTools.test(name)) return text`Install it, or set USER instead.`
  const os = stage.base?.os ?? ''
  if (os === 'alpine' || os === 'busybox') return text`Use BusyBox’s addgroup and adduser.`
  return stage.base?.tools.useradd
    ? text`Use useradd and groupadd.`
    : text`Install the package that has it, or write USER as numbers.`
}

function repairs(timeline: Timeline, { stage, step, failure, command }: StepFailure): readonly Fix[] {
  const { instruction } = step
  if (instruction.keyword !== 'RUN') return []
  const fixes: Fix[] = []
  const name = failure.name ?? command?.name ?? ''
  const edits = accountTools.test(name) ? rewriteAccounts(timeline.dockerfile, stage, instruction) : undefined
  if (edits)
    fixes.push({
      kind: 'edit',
      title: stage.base?.tools.useradd
        ? text`Write it with useradd and groupadd`
        : text`Write it with BusyBox’s adduser and addgroup`,
      safety: 'suggestion',
      edits,
    })
  const command_ =
    failure.reason === 'command-not-found'
      ? packages.find(({ os }) => os.test(stage.base?.os ?? ''))?.command(name)
      : undefined
  if (command_ && instruction.command.form === 'shell') {
    const start = instruction.argumentsRange.start
    const brought =
      /(?:--no-cache|--no-install-recommends|microdnf install -y) (\S+)/.exec(command_)?.[1] ?? name
    fixes.push({
      kind: 'edit',
      title: text`Install \`${brought}\` first`,
      safety: 'suggestion',
      edits: [{ range: { start, end: start }, text: `${command_} && ` }],
    })
  }
  return fixes
}
