import type { Severity } from '../rules/types.ts'
import { fingerprints } from './fingerprint.ts'
import { placeOf } from './place.ts'
import type { Output } from './types.ts'

const severities: Record<Severity, 'critical' | 'major' | 'minor' | 'info'> = {
  error: 'critical',
  warning: 'major',
  information: 'minor',
  hint: 'info',
}

/** Code Quality report: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format */
export const gitlab: Output = {
  showsFixes: false,
  write: (files) => {
    const report = files.flatMap((checked) => {
      const prints = fingerprints(checked)
      return checked.findings.map((finding) => {
        const { line, endLine } = placeOf(checked.lines, finding.range)
        return {
          description: finding.message,
          check_name: finding.rule.id,
          fingerprint: `${checked.file}:${prints.get(finding)}`,
          severity: severities[finding.severity],
          location: { path: checked.file, lines: { begin: line, end: endLine } },
        }
      })
    })
    return `${JSON.stringify(report, null, 2)}\n`
  },
}
