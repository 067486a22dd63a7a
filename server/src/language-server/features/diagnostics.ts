import { type Diagnostic, DiagnosticSeverity, DiagnosticTag } from 'vscode-languageserver'
import { docsOf } from '../../output/docs.ts'
import type { Finding, Rule, Severity } from '../../rules/types.ts'
import type { Client } from '../client-capabilities.ts'
import type { Snapshot } from '../snapshot.ts'

const severities: Record<Severity, DiagnosticSeverity> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
}

export function diagnosticsOf(snapshot: Snapshot, client: Client): Diagnostic[] {
  return snapshot.ignored
    ? []
    : snapshot.analysis.findings.map((finding) => diagnosticOf(finding, snapshot, client))
}

export function diagnosticOf(finding: Finding, snapshot: Snapshot, client: Client): Diagnostic {
  const { rule, severity, range, message, related, certainty } = finding
  const { say } = client
  return {
    range: snapshot.rangeOf(range),
    severity: severities[severity],
    source: 'unroot',
    code: rule.id,
    message: say(message),
    ...(client.codeDescriptions ? { codeDescription: { href: docsOf(rule.id) } } : {}),
    ...(client.relatedInformation && related.length > 0
      ? {
          relatedInformation: related.map(({ range, message }) => ({
            location: { uri: snapshot.uri, range: snapshot.rangeOf(range) },
            message: say(message),
          })),
        }
      : {}),
    ...(client.diagnosticTags && isAboutRedundancy(rule) ? { tags: [DiagnosticTag.Unnecessary] } : {}),
    ...(client.diagnosticData ? { data: { rule: rule.id, certainty } } : {}),
  }
}

/** What could be deleted is shown faded. */
function isAboutRedundancy({ id }: Rule): boolean {
  return /^(redundant|unused|unnecessary)-/.test(id)
}
