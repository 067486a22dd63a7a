import type { WorkspaceEdit } from 'vscode-languageserver'
import type { Dockerfile, Instruction } from '../../dockerfile/index.ts'
import type { Finding } from '../../rules/types.ts'
import type { Client } from '../client-capabilities.ts'
import { workspaceEdit } from '../edits.ts'
import type { Snapshot } from '../snapshot.ts'

/** A suppression comment above the comment block of the finding's instruction; undefined outside of instructions. */
export function ignoreEdit(
  snapshot: Snapshot,
  { range, rule }: Finding,
  client: Client,
): WorkspaceEdit | undefined {
  const { dockerfile, text } = snapshot.analysis
  const instruction = dockerfile.instructions.find(
    (one) => one.range.start <= range.start && range.start <= one.range.end,
  )
  if (instruction === undefined) return undefined
  const at = lineAbove(instruction, dockerfile)
  const indent = /^[ \t]*/.exec(text.slice(at))?.[0] ?? ''
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n'
  const comment = (reason: string) => `${indent}# unroot ignore=${rule.id} reason="${reason}"${lineBreak}`
  if (!client.snippetEdits)
    return workspaceEdit(snapshot, client, [
      { edits: [{ range: { start: at, end: at }, text: comment('') }] },
    ])
  const place = snapshot.positionAt(at)
  return {
    documentChanges: [
      {
        textDocument: { uri: snapshot.uri, version: snapshot.version },
        edits: [
          { range: { start: place, end: place }, snippet: { kind: 'snippet', value: comment(`\${1:why}`) } },
        ],
      },
    ],
  }
}

/** Start of the first line of the comments above, but below the parser directives. */
function lineAbove({ range, leadingComments }: Instruction, { directives, lines }: Dockerfile): number {
  const top = lines.positionAt(leadingComments[0]?.start ?? range.start).line
  const lastDirective = directives.at(-1)
  const below = lastDirective === undefined ? 0 : lines.positionAt(lastDirective.range.start).line + 1
  return lines.lineStart(Math.max(top, below))
}
