import { stepsOf, userByName } from '../../image/index.ts'
import type { CommandRun, Step } from '../../image/types.ts'
import { type Message, text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'

/** A password is set in the image: everybody who has the image has it. */
export const loginPassword = defineRule({
  id: 'login-password',
  category: 'identity',
  severity: 'warning',
  summary: 'A step sets a password, which everybody who has the image can read or crack.',
  why: 'The password stands in the history of the image, or its hash in /etc/shadow. Nobody needs one to run as the account, but su and sudo take it.',
  remedy: 'Leave the password out; lock the account where a tool wants one.',
  equivalents: { checkov: ['CKV2_DOCKER_17'], dockle: ['DKL-LI-0001'] },
  references: ['CIS Docker Benchmark 4.10', 'container-facts/su-from-user-empty-password'],
  check({ timeline }, report) {
    const { target } = timeline
    if (!target || target.base?.os === 'windows') return
    for (const step of stepsOf(target))
      for (const command of step.commands) {
        const message = whatItSets(step, command)
        if (message)
          report({
            at: command.range,
            message,
            certainty: command.reached === 'certain' ? 'certain' : 'likely',
          })
      }
  },
})

function whatItSets({ after }: Step, command: CommandRun): Message | undefined {
  const words = command.argv.slice(1).map(({ text }) => text ?? '')
  const has = (pattern: RegExp) => words.some((word) => pattern.test(word))
  switch (command.name) {
    case 'chpasswd':
    case 'newusers':
      return text`\`${command.name}\` sets a password in the image, for everybody who has the image to read. Leave it out: nobody needs a password to run as an account.`
    case 'passwd': {
      if (has(/^(-[a-zA-Z]*[leS]|--lock|--expire|--status)/)) return undefined
      const name = words.find((word) => !word.startsWith('-'))
      if (has(/^(-d|--delete)$/))
        return text`\`passwd --delete\` leaves ${name ? text`\`${name}\`` : text`the account`} without a password: \`su\` lets everybody in. Lock it instead (passwd --lock).`
      // Answered by a pipe; alone it would wait for somebody to type.
      const answered = words.every(
        (word) => !word.startsWith('-') || /^(--stdin|-[qfs]+|--quiet|--force)$/.test(word),
      )
      return answered && name && userByName(after.accounts, name)?.password === 'set'
        ? text`\`${command.name}\` sets a password in the image, for everybody who has the image to read. Leave it out: nobody needs a password to run as an account.`
        : undefined
    }
    case 'useradd':
    case 'usermod': {
      if (!has(/^(-p|--password(=.*)?)$/)) return undefined
      const value = words[words.findIndex((word) => word === '-p' || word === '--password') + 1] ?? ''
      // `!` and `*` lock it.
      if (/^[!*]/.test(value)) return undefined
      const name = words.at(-1) ?? ''
      return userByName(after.accounts, name)
        ? text`\`${command.name}\` sets a password for \`${name}\`, whose hash everybody who has the image can crack. Leave it out: nobody needs a password to run as an account.`
        : undefined
    }
    default:
      return undefined
  }
}
