import { placeOf } from './place.ts'
import type { CheckedFile, Output } from './types.ts'
import { attributes, escapeXml } from './xml.ts'

/** JUnit XML: a suite a file, a failed case a finding, one passed case where there is none. */
export const junit: Output = {
  showsFixes: false,
  write: (files) => {
    const head = attributes({
      name: 'unroot',
      tests: sum(files, (file) => Math.max(1, file.findings.length + file.problems.length)),
      failures: sum(files, ({ findings }) => findings.length),
      errors: sum(files, ({ problems }) => problems.length),
    })
    const suites = files.map(suite).join('')
    return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${head}>\n${suites}</testsuites>\n`
  },
}

function sum(files: readonly CheckedFile[], count: (file: CheckedFile) => number): number {
  return files.reduce((total, file) => total + count(file), 0)
}

function suite({ file, lines, findings, problems }: CheckedFile): string {
  const cases = [
    ...problems.map(({ message }) => testCase(file, 'readable', 'error', message, message)),
    ...findings.map(({ rule, severity, range, message }) => {
      const { line, column } = placeOf(lines, range)
      const detail = `${file}:${line}:${column}: ${severity}: ${message}`
      return testCase(file, `${rule.id} (line ${line})`, 'failure', message, detail)
    }),
  ]
  if (cases.length === 0) cases.push(`    <testcase${attributes({ classname: file, name: 'unroot' })}/>\n`)
  const head = attributes({
    name: file,
    tests: cases.length,
    failures: findings.length,
    errors: problems.length,
  })
  return `  <testsuite${head}>\n${cases.join('')}  </testsuite>\n`
}

function testCase(
  file: string,
  name: string,
  kind: 'failure' | 'error',
  message: string,
  detail: string,
): string {
  const body = `<${kind}${attributes({ message })}>${escapeXml(detail)}</${kind}>`
  return `    <testcase${attributes({ classname: file, name })}>${body}</testcase>\n`
}
