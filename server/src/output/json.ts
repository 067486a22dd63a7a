import type { LineIndex } from '../dockerfile/index.ts'
import { summaryOf } from './count.ts'
import { docsOf } from './docs.ts'
import { placeOf } from './place.ts'
import type { CheckedFinding, Output } from './types.ts'

/** The contract of `check --format json`, version 1. */
export const json: Output = {
  showsFixes: true,
  write: (files) => {
    const report = {
      version: 1,
      files: files.map(({ file, findings, lines, suppressed, problems }) => ({
        file,
        findings: findings.map((finding) => findingOf(finding, lines)),
        suppressed,
        problems,
      })),
      summary: summaryOf(files),
    }
    return `${JSON.stringify(report, null, 2)}\n`
  },
}

function findingOf(finding: CheckedFinding, lines: LineIndex) {
  const { rule, severity, message, range, certainty, related, fixes } = finding
  return {
    rule: rule.id,
    severity,
    message,
    ...placeOf(lines, range),
    certainty,
    related: related.map(({ range, message }) => ({ ...placeOf(lines, range), message })),
    fixes: fixes.map(({ title, safety, edits }) => ({
      title,
      safety,
      edits: edits.map(({ range, text }) => ({ ...placeOf(lines, range), text })),
    })),
    docs: docsOf(rule.id),
  }
}
