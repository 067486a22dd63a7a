import type { CancellationToken, Connection, ProgressToken } from 'vscode-languageserver'
import { type Message, text } from '../../l10n/index.ts'
import { verifyMarkdown } from '../../verify/index.ts'
import type { Host } from '../host.ts'
import type { VerifyAnswer } from '../protocol.ts'
import type { Session } from '../session.ts'
import { folderOf } from '../uris.ts'

/** Verifications that a person asked for. */
export interface Verifications {
  /** Null: it was cancelled. @param progress where the client shows it; left out: the client is asked for a place */
  verify(uri: string, token: CancellationToken, progress?: ProgressToken): Promise<VerifyAnswer | null>
  /** Stops what is going on; what it made is removed. */
  dispose(): void
}

export interface VerificationParts {
  readonly connection: Connection
  readonly host: Host
  readonly session: Session
  /** Engines may be started here. */
  trusted(): boolean
}

/** Builds and starts the image of a document, with progress and a way to cancel, and answers with a report. */
export function createVerifications(parts: VerificationParts): Verifications {
  const { connection, host, session } = parts
  const running = new Set<AbortController>()

  const verify: Verifications['verify'] = async (uri, token, place) => {
    const { say } = session.client
    const refused = (message: Message): VerifyAnswer => ({ markdown: null, refused: say(message) })
    const reason = whyNot(uri, parts)
    if (reason) return refused(reason)
    const snapshot = await session.analyses.of(uri, token)
    const path = host.pathOf?.(uri)
    const context = host.pathOf?.(folderOf(uri))
    if (!snapshot || !host.verifyImage || path === undefined || context === undefined) return null
    if ((await host.filesOf(uri)?.read(uri))?.replace(/^\uFEFF/, '') !== snapshot.analysis.text)
      return refused(text`Save this Dockerfile first: the engine builds the file on the disk.`)

    const stop = new AbortController()
    running.add(stop)
    token.onCancellationRequested(() => stop.abort())
    const progress = await progressFor(place, stop)
    progress.begin(say(text`Verify in container`), undefined, undefined, true)
    try {
      const result = await host.verifyImage(
        { analysis: snapshot.analysis, path, context },
        { signal: stop.signal, progress: (message) => progress.report(say(message)) },
      )
      if (result.kind === 'stopped') return null
      if (result.kind === 'impossible') return refused(result.message)
      return { markdown: verifyMarkdown(result.report, say), refused: null }
    } finally {
      running.delete(stop)
      progress.done()
    }
  }

  const progressFor = async (place: ProgressToken | undefined, stop: AbortController) => {
    if (place !== undefined) return connection.window.attachWorkDoneProgress(place)
    const progress = await connection.window.createWorkDoneProgress()
    progress.token.onCancellationRequested(() => stop.abort())
    return progress
  }

  return {
    verify,
    dispose: () => {
      for (const stop of running) stop.abort()
    },
  }
}

function whyNot(uri: string, { host, trusted }: VerificationParts): Message | undefined {
  if (!host.verifyImage)
    return text`There is no container engine in the browser. Open the folder in VS Code on the desktop, or run \`unroot verify\` in a terminal.`
  if (!trusted()) return text`This folder is not trusted: Unroot starts no container engine here.`
  if (host.pathOf?.(uri) === undefined)
    return text`Save this Dockerfile in a folder of this machine first: the engine builds it from there.`
  return undefined
}
