import type { Analysis } from '../analysis/index.ts'
import { createLineIndex } from '../dockerfile/index.ts'
import type { Fix } from '../fixes/types.ts'
import type { CheckedFile } from './types.ts'

/** What a report needs of an analysis. */
export function checkedFile(file: string, analysis: Analysis, withFixes: boolean): CheckedFile {
  return {
    file,
    text: analysis.text,
    lines: analysis.dockerfile.lines,
    findings: analysis.findings.map((finding) => {
      const { rule, severity, range, message, certainty, related } = finding
      const fixes = withFixes
        ? analysis.fixesFor(finding).filter((fix): fix is Fix => fix.kind === 'edit')
        : []
      return { rule, severity, range, message, certainty, related, fixes }
    }),
    suppressed: analysis.suppressed,
    problems: [],
  }
}

/** A file about which only that can be said. */
export function uncheckedFile(file: string, message: string): CheckedFile {
  return {
    file,
    text: '',
    lines: createLineIndex(''),
    findings: [],
    suppressed: 0,
    problems: [{ line: 1, message }],
  }
}
