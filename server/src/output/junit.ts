import { placeOf } from './place.ts'
import type { CheckedFile, Output } from './types.ts'
import { attributes, escapeXml } from './xml.ts'

/** JUnit XML: a suite a file, a failed case a finding, one passed case where there is none. */
export const junit: Output = (files) => {
  const suites = files.map(suite)
  const tests = files.reduce((sum, file) => sum + Math.max(1, casesOf(file)), 0)
  const failures = files.reduce((sum, { analysis }) => sum + (analysis?.findings.length ?? 0), 0)
  const errors = files.reduce((sum, { problems }) => sum + problems.length, 0)
  const head = attributes({ name: 'unroot', tests, failures, errors })
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${head}>\n${suites.join('')}</testsuites>\n`
}

function casesOf({ analysis, problems }: CheckedFile): number {
  return (analysis?.findings.length ?? 0) + problems.length
}

function suite(file: CheckedFile): string {
  const { analysis, problems } = file
  const cases = [
    ...problems.map(({ message }) => testCase(file.file, 'readable', 'error', message, message)),
    ...(analysis?.findings ?? []).map(({ rule, severity, range, message }) => {
      const { line, column } = placeOf(analysis!.dockerfile.lines, range)
      const detail = `${file.file}:${line}:${column}: ${severity}: ${message}`
      return testCase(file.file, `${rule.id} (line ${line})`, 'failure', message, detail)
    }),
  ]
  if (cases.length === 0)
    cases.push(`    <testcase${attributes({ classname: file.file, name: 'unroot' })}/>\n`)
  const head = attributes({
    name: file.file,
    tests: cases.length,
    failures: analysis?.findings.length ?? 0,
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
