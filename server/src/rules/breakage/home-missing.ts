import { keywordIn, linesAfter } from '../../fixes/index.ts'
import { describeIdentity, find, isUnprivileged, lastUserOf, permits } from '../../image/index.ts'
import { knownValue } from '../../known.ts'
import { text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'

/** Programs that write to HOME when they start: logs, caches, settings. */
const wantsHome =
  /^(npm|npx|yarn|pnpm|corepack|bunx|pipenv|poetry|uv|jupyter|jupyter-lab|jupyter-notebook|streamlit|mvn|gradle|sbt|cargo|dotnet-watch|code-server|chromium|google-chrome|firefox|soffice|libreoffice|terraform|helm|ansible|ansible-playbook|aws|gcloud)$/

/** The start uses HOME, and the user has none that he may write. */
export const homeMissing = defineRule({
  id: 'home-missing',
  category: 'breakage',
  severity: 'warning',
  summary: 'The program that starts writes to its home, and the user has none that he may write.',
  why: 'A number without an account has HOME=/. useradd without --create-home names a folder that is not there. npm, jupyter, mvn and others write caches and settings there and stop, or warn at every call.',
  remedy: 'Make the home, or set HOME to a folder that the user may write.',
  references: ['container-facts/home-missing-folder', 'container-facts/user-uid-unknown-debian'],
  check({ timeline }, report) {
    const { target, runtime } = timeline
    if (!target || !runtime || !isUnprivileged(runtime.state.identity) || target.base?.os === 'windows')
      return
    const { state } = runtime
    const { identity } = state
    // The base's own entrypoint, as a rule, hands over to CMD.
    const names = [
      ...runtime.commands.filter(({ reached }) => reached === 'certain').map(({ name }) => name ?? ''),
      ...(state.entrypoint?.origin.kind === 'instruction' ? [] : [state.cmd?.argv[0] ?? '']),
    ]
    const program = names.map((name) => name.replace(/^.*\//, '')).find((name) => wantsHome.test(name))
    const start = state.cmd ?? state.entrypoint
    const home = knownValue(identity.home)
    const user = lastUserOf(target)
    const instruction = user?.stage === target ? user.step.instruction : undefined
    if (
      !program ||
      home === undefined ||
      identity.home.certainty === 'possible' ||
      instruction?.keyword !== 'USER'
    )
      return
    const { node } = find(state.files, home)
    const may = permits(node, identity, 'write')
    const missing = node.kind === 'missing' && node.exists === 'certain'
    if (!missing && (knownValue(may) !== false || may.certainty === 'possible' || node.kind !== 'directory'))
      return
    report({
      at: instruction.user?.range ?? instruction.range,
      message: missing
        ? text`\`${program}\` writes to its home, but ${describeIdentity(identity)} has HOME=${home}, which is not there. Make the home, or set HOME to a folder that the user may write.`
        : text`\`${program}\` writes to its home, but ${describeIdentity(identity)} has HOME=${home}, which is not writable. Make the home, or set HOME to a folder that the user may write.`,
      certainty: 'likely',
      related:
        start?.origin.kind === 'instruction'
          ? [{ range: start.origin.range, message: text`\`${program}\` starts here.` }]
          : [],
      fixes: () => [
        {
          kind: 'edit',
          title: text`Set HOME=/tmp`,
          safety: 'suggestion',
          edits: [
            linesAfter(timeline.dockerfile, instruction, [
              `${keywordIn(timeline.dockerfile, 'ENV')} HOME=/tmp`,
            ]),
          ],
        },
      ],
    })
  },
})
