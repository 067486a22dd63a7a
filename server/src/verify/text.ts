import { english, type Language } from '../l10n/index.ts'
import { type Paint, painter, printable, type Style, severityStyle } from '../output/index.ts'
import { problemsOf, summaryOf } from './summary.ts'
import type { Check, Verdict, VerifyReport } from './types.ts'

const marks: Readonly<Record<Verdict, { readonly mark: string; readonly style: Style }>> = {
  confirmed: { mark: '✓', style: 'green' },
  wrong: { mark: '✗', style: 'red' },
  new: { mark: '•', style: 'cyan' },
  unchecked: { mark: '–', style: 'dim' },
}

/** The table for a terminal: prediction, observation, verdict. */
export function verifyText(file: string, report: VerifyReport, color: boolean): string {
  const paint = painter(color)
  const say: Language = (message) => printable(english(message))
  const rows = report.checks.map((check) => ({
    check,
    subject: say(check.subject),
    predicted: check.predicted ? say(check.predicted) : '',
    observed: check.observed ? say(check.observed) : 'not seen',
  }))
  const subjects = widest(rows.map(({ subject }) => subject))
  const predictions = widest(['predicted', ...rows.map(({ predicted }) => predicted)])
  const { program, version } = report.engine
  const head = `${paint('bold', printable(file))}  ${paint('dim', printable(`${program} ${version}`.trim()))}`
  const titles = paint('dim', `  ${' '.repeat(subjects)}  ${'predicted'.padEnd(predictions)}  observed`)
  const problems = problemsOf(report).map(
    ({ severity, message }) => `${paint(severityStyle[severity], severity)}: ${say(message)}`,
  )
  return `${[
    head,
    paint('dim', printable(['docker run', ...report.flags].join(' '))),
    '',
    titles,
    ...rows.flatMap(({ check, subject, predicted, observed }) =>
      rowText(check, [subject.padEnd(subjects), predicted.padEnd(predictions), observed], paint, say),
    ),
    '',
    ...problems,
    say(summaryOf(report)),
    ...report.remarks.map(say),
  ].join('\n')}\n`
}

function rowText(
  { verdict, note, words }: Check,
  cells: readonly string[],
  paint: Paint,
  say: Language,
): string[] {
  const { mark, style } = marks[verdict]
  const row = `${paint(style, mark)} ${cells.join('  ').trimEnd()}`
  const said = words?.split('\n').map((line) => paint('dim', `    | ${printable(line)}`)) ?? []
  return [row, ...(note ? [paint('dim', `    ${say(note)}`)] : []), ...said]
}

function widest(texts: readonly string[]): number {
  return Math.min(
    40,
    texts.reduce((width, text) => Math.max(width, text.length), 0),
  )
}

/** For programs: the contract of `verify --format json`. */
export function verifyJson(file: string, report: VerifyReport): string {
  const { engine, flags, checks, remarks } = report
  const said = {
    version: 1,
    file,
    engine,
    flags,
    checks: checks.map(({ id, subject, predicted, observed, verdict, note, words, problem }) => ({
      id,
      subject: english(subject),
      predicted: predicted ? english(predicted) : null,
      observed: observed ? english(observed) : null,
      verdict,
      note: note ? english(note) : null,
      words: words ?? null,
      problem: problem ? { severity: problem.severity, message: english(problem.message) } : null,
    })),
    remarks: remarks.map(english),
    summary: {
      confirmed: count(checks, 'confirmed'),
      wrong: count(checks, 'wrong'),
      new: count(checks, 'new'),
      unchecked: count(checks, 'unchecked'),
    },
  }
  return `${JSON.stringify(said, null, 2)}\n`
}

const count = (checks: readonly Check[], verdict: Verdict) =>
  checks.filter((check) => check.verdict === verdict).length
