import type { Position, Range } from 'vscode-languageserver'
import { TextDocument } from 'vscode-languageserver-textdocument'
import type { Analysis } from '../analysis/index.ts'
import type { OffsetRange } from '../dockerfile/index.ts'

/** One version of a document, analysed. Positions are those of its own text, whatever was typed since. */
export interface Snapshot {
  readonly uri: string
  readonly version: number
  /** Grows whenever a new analysis was made; names a result for the client. */
  readonly serial: number
  readonly analysis: Analysis
  /** The configuration says to leave this file alone. */
  readonly ignored: boolean
  rangeOf(range: OffsetRange): Range
  positionAt(offset: number): Position
  offsetAt(position: Position): number
}

export function createSnapshot(
  { uri, version }: { readonly uri: string; readonly version: number },
  serial: number,
  analysis: Analysis,
  ignored: boolean,
): Snapshot {
  // LSP ends lines at a lone CR too, which BuildKit does not: the editor's lines are used here.
  const document = TextDocument.create(uri, 'dockerfile', version, analysis.text)
  const positionAt = (offset: number) => document.positionAt(offset)
  return {
    uri,
    version,
    serial,
    analysis,
    ignored,
    positionAt,
    rangeOf: ({ start, end }) => ({ start: positionAt(start), end: positionAt(end) }),
    offsetAt: (position) => document.offsetAt(position),
  }
}
