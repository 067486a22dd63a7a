import { groupByName, stepFailures, userByName } from '../../image/index.ts'
import type { Accounts } from '../../image/types.ts'
import { knownValue } from '../../known.ts'
import { text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'

/** COPY --link --chown=NAME: the layer is made without the image, so there is nobody to look up. */
export const linkChownName = defineRule({
  id: 'link-chown-name',
  category: 'breakage',
  severity: 'error',
  summary: 'COPY --link cannot look up names for --chown: the build fails.',
  why: 'With --link the layer is made on its own, without the image below it and its /etc/passwd. With the containerd image store, the default of Docker Desktop and Docker 29, the build stops with “invalid user index: -1”; other stores ignore --link.',
  remedy: 'Write numbers in --chown, or leave --link out.',
  references: ['container-facts/link-chown-name-app'],
  check({ timeline, settings }, report) {
    if (settings.builder !== 'buildkit') return
    for (const { step, failure } of stepFailures(timeline)) {
      const { instruction, before } = step
      if ((instruction.keyword !== 'COPY' && instruction.keyword !== 'ADD') || !instruction.link) continue
      const { chown } = instruction
      if (!chown || failure.range !== chown.range) continue
      const numbers = asNumbers(failure.name ?? '', before.accounts)
      report({
        at: chown.range,
        message: text`COPY --link cannot look up \`${failure.name ?? ''}\`: the layer is made without the image and its /etc/passwd, and the build stops with “invalid user index: -1”. Write ${numbers ? `--chown=${numbers}` : text`numbers`}, or leave --link out.`,
        certainty: failure.certainty,
        fixes: () => [
          ...(numbers
            ? [
                {
                  kind: 'edit' as const,
                  title: text`Write the numbers: --chown=${numbers}`,
                  safety: 'suggestion' as const,
                  edits: [{ range: chown.range, text: numbers }],
                },
              ]
            : []),
          ...instruction.flags
            .filter(({ name }) => name === 'link')
            .map(({ range }) => ({
              kind: 'edit' as const,
              title: text`Leave --link out`,
              safety: 'suggestion' as const,
              edits: [{ range: { start: range.start, end: range.end + 1 }, text: '' }],
            })),
        ],
      })
    }
  },
})

/** `app:web` → `1500:3000`; undefined where a number is not known. */
function asNumbers(spec: string, accounts: Accounts): string | undefined {
  const [user = '', group = ''] = spec.split(':')
  const number = (text: string, id: number | undefined) => (/^\d+$/.test(text) ? Number(text) : id)
  const account = userByName(accounts, user)
  const uid = number(user, account && knownValue(account.uid))
  const named = group === '' ? undefined : groupByName(accounts, group)
  const gid =
    group === '' ? (account ? knownValue(account.gid) : uid) : number(group, named && knownValue(named.gid))
  return uid === undefined || gid === undefined ? undefined : `${uid}:${gid}`
}
