import { useAccount } from '../../fixes/index.ts'
import { accountsMadeHere, isRoot, lineOf, stepsDown } from '../../image/index.ts'
import type { Runtime } from '../../image/types.ts'
import { text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'

/** Servers that are started as root and switch to the account of their configuration by themselves. */
const switching =
  /^(?:nginx|httpd(?:-foreground)?|apache2(?:ctl|-foreground)?|apachectl|php-fpm[\d.]*|haproxy|memcached|openresty|mysqld(?:_safe)?|mariadbd|sshd|squid|vsftpd|unbound|named|dovecot|postfix|supervisord|slapd)$/

function namesAccount({ script }: Runtime, name: string): boolean {
  return (
    script !== undefined &&
    new RegExp(`(?<![\\w-])${name.replace(/[.$]/g, '\\$&')}(?![\\w-])`).test(script.text)
  )
}

function startsServer({ argv, commands }: Runtime): boolean {
  return [argv[0]?.replace(/^.*\//, ''), ...commands.map(({ name }) => name)].some((name) =>
    switching.test(name ?? ''),
  )
}

/** An account is made, and nobody ever runs as it. */
export const userCreatedButUnused = defineRule({
  id: 'user-created-but-unused',
  category: 'identity',
  severity: 'hint',
  summary: 'An account is created, but the image still runs as root.',
  why: 'The account was made to run as; without USER it has no effect.',
  remedy: 'Add USER with that account after the last step that needs root.',
  equivalents: { tally: ['user-created-but-never-used'] },
  check({ timeline }, report) {
    const { target, runtime } = timeline
    if (!target || !runtime || !isRoot(runtime.state.identity) || stepsDown(runtime)) return
    if (startsServer(runtime)) return
    for (const account of accountsMadeHere(runtime.state)) {
      const range = account.nameRange
      // A start script that names it means to use it, though it could not be followed to there.
      if (!range || namesAccount(runtime, account.name)) continue
      report({
        at: range,
        message: text`\`${account.name}\` is created here, but the image still runs as root. Add USER ${account.name} after the last step that needs root (line ${lineOf(timeline.dockerfile, target.steps.findLast(({ instruction }) => instruction.keyword === 'RUN' || instruction.keyword === 'COPY')?.instruction.range.start ?? range.start)}).`,
        certainty: account.certainty,
        fixes: () => [useAccount(timeline, target, account.name)],
      })
    }
  },
})
