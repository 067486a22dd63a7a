import type { Severity } from '../rules/types.ts'
import { placeOf } from './place.ts'
import type { CheckedFile, Output } from './types.ts'
import { attributes } from './xml.ts'

const severities: Record<Severity, 'error' | 'warning' | 'info'> = {
  error: 'error',
  warning: 'warning',
  information: 'info',
  hint: 'info',
}

/** Checkstyle XML, which many CI servers read. */
export const checkstyle: Output = {
  showsFixes: false,
  write: (files) =>
    `<?xml version="1.0" encoding="UTF-8"?>\n<checkstyle version="4.3">\n${files.map(element).join('')}</checkstyle>\n`,
}

function element({ file, lines, findings, problems }: CheckedFile): string {
  const entries = [
    ...problems.map(({ line, message }) => ({ line, severity: 'error', message, source: 'unroot' })),
    ...findings.map(({ rule, severity, range, message }) => {
      const { line, column } = placeOf(lines, range)
      return { line, column, severity: severities[severity], message, source: `unroot.${rule.id}` }
    }),
  ]
  const body = entries.map((entry) => `    <error${attributes(entry)}/>\n`).join('')
  return `  <file${attributes({ name: file })}>\n${body}  </file>\n`
}
