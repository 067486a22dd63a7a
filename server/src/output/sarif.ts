import type {
  ArtifactLocation,
  Location,
  Log,
  Region,
  ReportingDescriptor,
  Result,
  Fix as SarifFix,
} from 'sarif'
import type { OffsetRange } from '../dockerfile/index.ts'
import type { Rule, Severity } from '../rules/types.ts'
import { docsOf, homepage } from './docs.ts'
import { fingerprints } from './fingerprint.ts'
import { placeOf } from './place.ts'
import type { CheckedFile, CheckedFinding, CheckedFix, Output, OutputOptions } from './types.ts'

const levels: Record<Severity, Result.level> = {
  error: 'error',
  warning: 'warning',
  information: 'note',
  hint: 'note',
}

/** SARIF 2.1.0, for code scanning. */
export const sarif: Output = { showsFixes: true, write }

function write(files: readonly CheckedFile[], { version }: OutputOptions): string {
  const rules = rulesOf(files)
  const index = new Map(rules.map((rule, at) => [rule.id, at]))
  const log: Log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Unroot',
            version,
            semanticVersion: version,
            informationUri: homepage,
            rules: rules.map(descriptor),
          },
        },
        invocations: [
          {
            executionSuccessful: files.every(({ problems }) => problems.length === 0),
            toolExecutionNotifications: files.flatMap(({ file, problems }) =>
              problems.map(({ line, message }) => ({
                level: 'error' as const,
                message: { text: message },
                locations: [
                  { physicalLocation: { artifactLocation: artifact(file), region: { startLine: line } } },
                ],
              })),
            ),
          },
        ],
        columnKind: 'utf16CodeUnits',
        results: files.flatMap((file) => results(file, index)),
      },
    ],
  }
  return `${JSON.stringify(log, null, 2)}\n`
}

function rulesOf(files: readonly CheckedFile[]): Rule[] {
  const found = new Map<string, Rule>()
  for (const { findings } of files) for (const { rule } of findings) found.set(rule.id, rule)
  return [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
}

function descriptor(rule: Rule): ReportingDescriptor {
  return {
    id: rule.id,
    shortDescription: { text: rule.summary },
    fullDescription: { text: `${rule.summary} ${rule.why}` },
    help: { text: rule.remedy, markdown: `**Why.** ${rule.why}\n\n**What to do.** ${rule.remedy}` },
    helpUri: docsOf(rule.id),
    defaultConfiguration: { level: levels[rule.severity] as 'error' | 'warning' | 'note' },
    properties: { tags: ['security', 'docker', rule.category] },
  }
}

function results(file: CheckedFile, index: ReadonlyMap<string, number>): Result[] {
  const prints = fingerprints(file)
  return file.findings.map((finding) => ({
    ruleId: finding.rule.id,
    ruleIndex: index.get(finding.rule.id) ?? -1,
    level: levels[finding.severity],
    message: { text: finding.message },
    locations: [{ physicalLocation: physical(file, finding.range) }],
    ...relatedOf(file, finding),
    partialFingerprints: { 'unroot/v1': prints.get(finding) ?? '' },
    ...(finding.fixes.length > 0 ? { fixes: finding.fixes.map((fix) => fixOf(file, fix)) } : {}),
    properties: { certainty: finding.certainty, severity: finding.severity },
  }))
}

function relatedOf(file: CheckedFile, { related }: CheckedFinding): { relatedLocations?: Location[] } {
  if (related.length === 0) return {}
  return {
    relatedLocations: related.map(({ range, message }, id) => ({
      id,
      message: { text: message },
      physicalLocation: physical(file, range),
    })),
  }
}

function fixOf(file: CheckedFile, { title, edits }: CheckedFix): SarifFix {
  return {
    description: { text: title },
    artifactChanges: [
      {
        artifactLocation: artifact(file.file),
        replacements: edits.map(({ range, text }) => ({
          deletedRegion: region(file, range),
          ...(text === '' ? {} : { insertedContent: { text } }),
        })),
      },
    ],
  }
}

function physical(file: CheckedFile, range: OffsetRange) {
  return { artifactLocation: artifact(file.file), region: region(file, range) }
}

function region({ lines }: CheckedFile, range: OffsetRange): Region {
  const { line, column, endLine, endColumn } = placeOf(lines, range)
  return { startLine: line, startColumn: column, endLine, endColumn }
}

/** A relative path stays relative, so that it means the same on every machine. */
function artifact(file: string): ArtifactLocation {
  const path = file.split('/').map(encodeURIComponent).join('/')
  if (file.startsWith('/')) return { uri: `file://${path}` }
  return /^[A-Za-z]:\//.test(file) ? { uri: `file:///${path.replace('%3A', ':')}` } : { uri: path }
}
