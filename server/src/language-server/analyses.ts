import type { CancellationToken } from 'vscode-languageserver'
import type { TextDocument } from 'vscode-languageserver-textdocument'
import type { AnalysisOptions } from '../analysis/index.ts'
import { analyse } from '../analysis/index.ts'
import { createSnapshot, type Snapshot } from './snapshot.ts'

export interface Analyses {
  /** The analysis of the document as it is now; undefined where it is closed, switched off, or nobody waits any more. */
  of(uri: string, token?: CancellationToken): Promise<Snapshot | undefined>
  /** Everything has to be looked at again: files, settings or base images changed. */
  invalidate(): void
  forget(uri: string): void
}

export interface AnalysesHost {
  document(uri: string): TextDocument | undefined
  /** What the analysis needs; undefined: not analysed. */
  prepare(uri: string): Promise<{ readonly options: AnalysisOptions; readonly ignored: boolean } | undefined>
}

interface Entry {
  readonly version: number
  readonly generation: number
  readonly snapshot: Promise<Snapshot | undefined>
}

const longestPause = 150 // milliseconds
/** An analysis that takes no longer than this is made at every key. */
const cheap = 10

/** One analysis for one version of a document, however many features ask for it. */
export function createAnalyses({ document, prepare }: AnalysesHost): Analyses {
  const entries = new Map<string, Entry>()
  /** What the last analysis of a document took, in milliseconds. */
  const costs = new Map<string, number>()
  let generation = 0
  let serial = 0

  const make = async (uri: string, version: number): Promise<Snapshot | undefined> => {
    // Who types in a large file is not slowed down: the pause grows with what an analysis costs.
    await pause(Math.min(longestPause, Math.max(0, 2 * ((costs.get(uri) ?? 0) - cheap))))
    if (document(uri)?.version !== version) return undefined
    const prepared = await prepare(uri)
    const current = document(uri)
    if (prepared === undefined || current?.version !== version) return undefined
    const begun = performance.now()
    const analysis = analyse(current.getText(), prepared.options)
    costs.set(uri, performance.now() - begun)
    return createSnapshot({ uri, version }, ++serial, analysis, prepared.ignored)
  }

  const of = async (uri: string, token?: CancellationToken): Promise<Snapshot | undefined> => {
    // Ends: each round is for a newer version, and typing pauses.
    for (;;) {
      const version = document(uri)?.version
      if (version === undefined || token?.isCancellationRequested) return undefined
      let entry = entries.get(uri)
      if (entry?.version !== version || entry.generation !== generation) {
        entry = { version, generation, snapshot: make(uri, version) }
        entries.set(uri, entry)
      }
      const snapshot = await entry.snapshot
      if (snapshot !== undefined || document(uri)?.version === version) return snapshot
    }
  }

  return {
    of,
    invalidate: () => {
      generation++
    },
    forget: (uri) => {
      entries.delete(uri)
      costs.delete(uri)
    },
  }
}

/** Lets messages in that already wait: a newer text, a cancellation. */
function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
