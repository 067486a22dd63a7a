import {
  type Connection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  DocumentDiagnosticReportKind,
  type InitializeParams,
  TextDocuments,
} from 'vscode-languageserver'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { configFileName } from '../config/index.ts'
import { languageOf, type Message } from '../l10n/index.ts'
import { createImageSources, type ImageSources } from './base-image-sources.ts'
import { serverCapabilities } from './capabilities.ts'
import { type Client, readClient } from './client-capabilities.ts'
import { handleFeatureRequests } from './feature-handlers.ts'
import { diagnosticsOf } from './features/diagnostics.ts'
import { createVerifications, type Verifications } from './features/verify.ts'
import { createGeneralFeatures, type GeneralFeatures } from './general-features.ts'
import { createGeneralRegistration, generalCapabilities, handleGeneralRequests } from './general-handlers.ts'
import { createGuard } from './guard.ts'
import type { Host } from './host.ts'
import { trustChanged } from './protocol.ts'
import { createSession, type Session } from './session.ts'
import { nameOf } from './uris.ts'

/** Files whose change may change findings elsewhere. */
const watched = [
  `**/${configFileName}`,
  '**/{.dockerignore,*.dockerignore}',
  '**/*{ocker,ontainer}file*',
  '**/{*.sh,*entrypoint*,*.conf}',
  '**/{compose,docker-compose,docker-bake}*.{yml,yaml,json,hcl}',
]

const refreshAfter = 50 // milliseconds: several changes at once are one

interface Running {
  readonly client: Client
  readonly session: Session
  readonly images: ImageSources
  readonly general: GeneralFeatures
  readonly verifications: Verifications
}

/** The language server, for any client and any machine. */
export function startServer(connection: Connection, host: Host): void {
  const documents = new TextDocuments(TextDocument)
  const guard = createGuard(connection)
  let running: Running | undefined
  let refreshTimer: ReturnType<typeof setTimeout> | undefined
  let registerGeneral: (on: boolean) => Promise<void> = async () => {}

  const publish = guard('diagnostics', undefined, async (uri: string) => {
    if (running === undefined || running.client.pullsDiagnostics) return
    const snapshot = await running.session.analyses.of(uri)
    const open = documents.get(uri)
    if (open === undefined || nameOf(uri) === configFileName) return
    const diagnostics = snapshot ? diagnosticsOf(snapshot, running.client) : []
    await connection.sendDiagnostics({ uri, version: open.version, diagnostics })
  })
  const push = (uri: string) => void quietly(() => publish(uri, neverCancelled))
  const refresh = () => {
    clearTimeout(refreshTimer)
    refreshTimer = setTimeout(() => {
      if (running?.client.refreshesDiagnostics) void quietly(() => connection.languages.diagnostics.refresh())
      if (running?.client.refreshesCodeLens)
        void quietly(() => connection.sendRequest('workspace/codeLens/refresh'))
      if (running?.client.refreshesInlayHints) void quietly(() => connection.languages.inlayHint.refresh())
      for (const uri of documents.keys()) push(uri)
    }, refreshAfter)
  }
  const updateFolders = async () => {
    const folders = await connection.workspace.getWorkspaceFolders()
    running?.images.setFolders((folders ?? []).map(({ uri }) => uri))
    running?.session.imagesChanged()
  }
  const updateRegistrations = async () => {
    if (running === undefined) return
    const { dockerfileFeatures } = await running.session.settingsOf()
    await registerGeneral(isGeneralOn(dockerfileFeatures, running.client))
  }

  connection.onInitialize(async (params: InitializeParams) => {
    const client = readClient(params, await languageOf(params.locale))
    const folders = (params.workspaceFolders ?? []).map(({ uri }) => uri)
    const note = (message: Message) => connection.console.info(client.say(message))
    const images = createImageSources(host, folders, client.options.trusted === true, note, () =>
      running?.session.imagesChanged(),
    )
    const session = createSession({
      connection,
      client,
      host,
      images,
      document: (uri) => documents.get(uri),
      refresh,
    })
    const general = createGeneralFeatures(client.capabilities, (message) => connection.console.error(message))
    const verifications = createVerifications({ connection, host, session, trusted: images.trusted })
    running = { client, session, images, general, verifications }
    registerGeneral = createGeneralRegistration(connection, client)

    const useGeneral = async (uri: string) => {
      const text = documents.get(uri)?.getText()
      if (text === undefined || nameOf(uri) === configFileName) return undefined
      const { dockerfileFeatures, enable } = await session.settingsOf(uri)
      return enable && isGeneralOn(dockerfileFeatures, client) ? { features: general, text } : undefined
    }
    handleFeatureRequests({ connection, guard, session, general, verifications, useGeneral })
    handleGeneralRequests({ connection, guard, use: useGeneral })
    return {
      capabilities: serverCapabilities(client, generalCapabilities(client)),
      serverInfo: { name: 'Unroot' },
    }
  })

  connection.onInitialized(async () => {
    if (running === undefined) return
    const { client } = running
    if (client.capabilities.workspace?.workspaceFolders === true)
      connection.workspace.onDidChangeWorkspaceFolders(() => void quietly(updateFolders))
    const registering: Promise<unknown>[] = [updateRegistrations()]
    if (client.registersConfiguration)
      registering.push(
        connection.client.register(DidChangeConfigurationNotification.type, { section: 'unroot' }),
      )
    if (client.registersFileWatchers)
      registering.push(
        connection.client.register(DidChangeWatchedFilesNotification.type, {
          watchers: watched.map((globPattern) => ({ globPattern })),
        }),
      )
    await Promise.allSettled(registering)
  })

  connection.languages.diagnostics.on(
    guard(
      'diagnostics',
      { kind: DocumentDiagnosticReportKind.Full, items: [] },
      async ({ textDocument: { uri }, previousResultId }, token) => {
        const snapshot = await running?.session.analyses.of(uri, token)
        if (running === undefined || snapshot === undefined)
          return { kind: DocumentDiagnosticReportKind.Full, items: [] }
        const resultId = String(snapshot.serial)
        if (previousResultId === resultId) return { kind: DocumentDiagnosticReportKind.Unchanged, resultId }
        return {
          kind: DocumentDiagnosticReportKind.Full,
          resultId,
          items: diagnosticsOf(snapshot, running.client),
        }
      },
    ),
  )

  connection.onDidChangeConfiguration(({ settings }) => {
    running?.session.pushSettings((settings as { unroot?: unknown } | null)?.unroot)
    void quietly(updateRegistrations)
  })
  connection.onDidChangeWatchedFiles(({ changes }) =>
    running?.session.filesChanged(changes.map(({ uri }) => uri)),
  )
  connection.onNotification(trustChanged, ({ trusted }: { readonly trusted?: unknown }) => {
    running?.images.setTrusted(trusted === true)
    running?.session.imagesChanged()
  })

  documents.onDidChangeContent(({ document: { uri } }) => {
    if (nameOf(uri) === configFileName) running?.session.filesChanged([uri])
    else push(uri)
  })
  documents.onDidSave(({ document: { uri } }) => {
    // Others are told by their file watchers.
    if (running && !running.client.registersFileWatchers) running.session.filesChanged([uri])
  })
  documents.onDidClose(({ document: { uri } }) => {
    running?.session.close(uri)
    if (running && !running.client.pullsDiagnostics) void connection.sendDiagnostics({ uri, diagnostics: [] })
  })
  connection.onShutdown(() => {
    clearTimeout(refreshTimer)
    running?.images.dispose()
    running?.verifications.dispose()
  })

  documents.listen(connection)
  connection.listen()
}

function isGeneralOn(setting: 'auto' | 'on' | 'off', { options }: Client): boolean {
  return setting === 'on' || (setting === 'auto' && options.otherDockerfileExtension !== true)
}

/** A refresh is a favour: a client that is gone, or cannot do it now, has lost nothing. */
async function quietly(request: () => Promise<unknown>): Promise<void> {
  try {
    await request()
  } catch {}
}

const neverCancelled = {
  isCancellationRequested: false,
  onCancellationRequested: () => ({ dispose: () => {} }),
}
