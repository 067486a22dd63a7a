import { english, type Language, text } from '../l10n/index.ts'
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
  const subjects = widest(rows.map(({ subject }) => subject))
  const predictions = widest([titles, ...rows].map(({ predicted }) => predicted))
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

/** Columns of a terminal: characters of East Asia take two. */
function columns(words: string): number {
  return (
    words.length +
    (words.match(/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/g)
      ?.length ?? 0)
  )
}

function padded(words: string, width: number): string {
  return words + ' '.repeat(Math.max(0, width - columns(words)))
}

function widest(texts: readonly string[]): number {
  return Math.min(
    48,
    texts.reduce((width, words) => Math.max(width, columns(words)), 0),
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
