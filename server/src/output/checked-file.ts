import type { Analysis } from '../analysis/index.ts'
import { createLineIndex } from '../dockerfile/index.ts'
import { english, type Language } from '../l10n/index.ts'
import type { CheckedFile } from './types.ts'

/** What a report needs of an analysis. @param say programs are told in English */
export function checkedFile(
  file: string,
  analysis: Analysis,
  withFixes: boolean,
  say: Language = english,
): CheckedFile {
  return {
    file,
    text: analysis.text,
    lines: analysis.dockerfile.lines,
    findings: analysis.findings.map((finding) => {
      const { rule, severity, range, certainty } = finding
      const fixes = withFixes ? analysis.fixesFor(finding) : []
      return {
        rule,
        severity,
        range,
        certainty,
        message: say(finding.message),
        related: finding.related.map(({ range, message }) => ({ range, message: say(message) })),
        fixes: fixes.flatMap((fix) =>
          fix.kind === 'edit' ? [{ title: say(fix.title), safety: fix.safety, edits: fix.edits }] : [],
        ),
      }
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
