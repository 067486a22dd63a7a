import { code, escapeMarkdown } from '../explain/index.ts'
import { type Language, type Message, text } from '../l10n/index.ts'
import { problemsOf, summaryOf } from './summary.ts'
import type { Check, Verdict, VerifyReport } from './types.ts'

const verdicts: Readonly<Record<Verdict, Message>> = {
  confirmed: text`✓ confirmed`,
  wrong: text`✗ wrong`,
  new: text`• not predicted`,
  unchecked: text`– not checked`,
}
const severities = {
  error: text`Error`,
  warning: text`Warning`,
  information: text`Information`,
  hint: text`Hint`,
} as const

/** The report as a document: prediction, observation, verdict. */
export function verifyMarkdown(report: VerifyReport, say: Language): string {
  const { engine, flags, checks, remarks } = report
  const problems = problemsOf(report)
  const cell = (message: Message | undefined) =>
    message === undefined ? '' : escapeMarkdown(say(message)).replaceAll('|', '\\|')
  const row = ({ subject, predicted, observed, verdict, note }: Check) => {
    const result = note ? text`${verdicts[verdict]}. ${note}` : verdicts[verdict]
    return `| ${[subject, predicted, observed, result].map(cell).join(' | ')} |`
  }
  const titles = [text`What`, text`Predicted`, text`Observed`, text`Verdict`].map(cell)
  return `${[
    `# ${say(text`Verified in a container`)}`,
    say(summaryOf(report)),
    problems
      .map(({ severity, message }) => `- **${say(severities[severity])}**: ${escapeMarkdown(say(message))}`)
      .join('\n'),
    [`| ${titles.join(' | ')} |`, '| --- | --- | --- | --- |', ...checks.map(row)].join('\n'),
    ...checks.flatMap(({ subject, words }) => (words ? [`## ${say(subject)}`, fenced(words)] : [])),
    `## ${say(text`How it was started`)}`,
    say(text`With ${engine.program} ${engine.version}:`),
    code(['docker run', ...flags, 'IMAGE'].join(' ')),
    remarks.map(say).join('\n\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n')}\n`
}

/** As it was said; no line of it ends the block. */
function fenced(words: string): string {
  const longest = Math.max(2, ...[...words.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}text\n${words}\n${fence}`
}
