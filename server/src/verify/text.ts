import { english, type Language, text } from '../l10n/index.ts'
import {
  type Paint,
  padded,
  painter,
  printable,
  type Style,
  severityStyle,
  widestOf,
} from '../output/index.ts'
import { countsOf, problemsOf, summaryOf } from './summary.ts'
import type { Check, Verdict, VerifyReport } from './types.ts'

const marks: Readonly<Record<Verdict, { readonly mark: string; readonly style: Style }>> = {
  confirmed: { mark: '✓', style: 'green' },
  wrong: { mark: '✗', style: 'red' },
  new: { mark: '•', style: 'cyan' },
  unchecked: { mark: '–', style: 'dim' },
}

const widestColumn = 48

/** The table for a terminal: prediction, observation, verdict. */
export function verifyText(
  file: string,
  report: VerifyReport,
  color: boolean,
  language: Language = english,
): string {
  const paint = painter(color)
  const say: Language = (message) => printable(language(message))
  const titles = { subject: '', predicted: say(text`Predicted`), observed: say(text`Observed`) }
  const rows = report.checks.map((check) => ({
    check,
    subject: say(check.subject),
    predicted: check.predicted ? say(check.predicted) : '',
    observed: say(check.observed ?? text`not seen`),
  }))
  const subjects = widestOf(
    rows.map(({ subject }) => subject),
    widestColumn,
  )
  const predictions = widestOf(
    [titles, ...rows].map(({ predicted }) => predicted),
    widestColumn,
  )
  const cells = ({ subject, predicted, observed }: typeof titles) =>
    [padded(subject, subjects), padded(predicted, predictions), observed].join('  ').trimEnd()
  const { program, version } = report.engine
  const head = `${paint('bold', printable(file))}  ${paint('dim', printable(`${program} ${version}`.trim()))}`
  const problems = problemsOf(report).map(
    ({ severity, message }) => `${paint(severityStyle[severity], severity)}: ${say(message)}`,
  )
  return `${[
    head,
    paint('dim', printable(['docker run', ...report.flags].join(' '))),
    '',
    paint('dim', `  ${cells(titles)}`),
    ...rows.flatMap((row) => rowText(row.check, cells(row), paint, say)),
    '',
    ...problems,
    say(summaryOf(report)),
    ...report.remarks.map(say),
  ].join('\n')}\n`
}

function rowText({ verdict, note, words }: Check, cells: string, paint: Paint, say: Language): string[] {
  const { mark, style } = marks[verdict]
  const said = words?.split('\n').map((line) => paint('dim', `    | ${printable(line)}`)) ?? []
  return [`${paint(style, mark)} ${cells}`, ...(note ? [paint('dim', `    ${say(note)}`)] : []), ...said]
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
    summary: countsOf(checks),
  }
  return `${JSON.stringify(said, null, 2)}\n`
}
