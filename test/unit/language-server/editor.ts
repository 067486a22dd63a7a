import { PassThrough } from 'node:stream'
import {
  type ClientCapabilities,
  type CodeAction,
  type CodeActionContext,
  createConnection,
  createProtocolConnection,
  type Diagnostic,
  type InitializeResult,
  type Position,
  ProposedFeatures,
  type PublishDiagnosticsParams,
  type Range,
  StreamMessageReader,
  StreamMessageWriter,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver/node'
import { TextDocument } from 'vscode-languageserver-textdocument'
import type { Host } from '../../../server/src/language-server/host.ts'
import { startServer } from '../../../server/src/language-server/server.ts'

/** A client as able as VS Code's. */
export const able: ClientCapabilities = {
  workspace: {
    configuration: true,
    didChangeConfiguration: { dynamicRegistration: true },
    didChangeWatchedFiles: { dynamicRegistration: true },
    diagnostics: { refreshSupport: true },
    codeLens: { refreshSupport: true },
    inlayHint: { refreshSupport: true },
    workspaceEdit: {
      documentChanges: true,
      changeAnnotationSupport: { groupsOnLabel: true },
      snippetEditSupport: true,
    },
  },
  textDocument: {
    diagnostic: {
      dynamicRegistration: true,
      relatedInformation: true,
      codeDescriptionSupport: true,
      dataSupport: true,
      tagSupport: { valueSet: [1, 2] },
    },
    codeAction: {
      dataSupport: true,
      disabledSupport: true,
      resolveSupport: { properties: ['edit'] },
    },
    formatting: { dynamicRegistration: true },
    rangeFormatting: { dynamicRegistration: true },
    foldingRange: { dynamicRegistration: true },
    documentSymbol: { dynamicRegistration: true },
    documentHighlight: { dynamicRegistration: true },
    signatureHelp: { dynamicRegistration: true },
    hover: { contentFormat: ['markdown'] },
  },
}

export interface EditorOptions {
  readonly capabilities?: ClientCapabilities
  readonly locale?: string
  readonly initializationOptions?: object
  /** Section `unroot`; may be changed later. */
  readonly settings?: Record<string, unknown>
  readonly host?: Host
  /** Files for the requests of virtual workspaces. */
  readonly files?: Readonly<Record<string, string>>
}

export const uri = 'file:///work/Dockerfile'
const noFiles: Host = {
  filesOf: () => ({
    read: async () => null,
    buildContext: () => ({
      stat: () => 'unknown',
      list: () => 'unknown',
      read: () => undefined,
      invalidate: () => {},
    }),
  }),
}

/** A client and a server that talk JSON-RPC over streams in memory. */
export async function openEditor(options: EditorOptions = {}) {
  const up = new PassThrough()
  const down = new PassThrough()
  const server = createConnection(
    ProposedFeatures.all,
    new StreamMessageReader(up),
    new StreamMessageWriter(down),
  )
  startServer(server, options.host ?? noFiles)
  const client = createProtocolConnection(new StreamMessageReader(down), new StreamMessageWriter(up))

  const settings: Record<string, unknown> = { ...options.settings }
  const published: PublishDiagnosticsParams[] = []
  const registered = new Set<string>()
  const logs: string[] = []
  let refreshes = 0
  const asked: string[] = []
  client.onRequest('workspace/configuration', ({ items }: { items: unknown[] }) => items.map(() => settings))
  client.onRequest(
    'client/registerCapability',
    ({ registrations }: { registrations: { method: string }[] }) => {
      for (const { method } of registrations) registered.add(method)
    },
  )
  client.onRequest(
    'client/unregisterCapability',
    ({ unregisterations }: { unregisterations: { method: string }[] }) => {
      for (const { method } of unregisterations) registered.delete(method)
    },
  )
  client.onRequest('workspace/diagnostic/refresh', () => {
    refreshes++
  })
  client.onRequest('workspace/codeLens/refresh', () => null)
  client.onRequest('workspace/inlayHint/refresh', () => null)
  client.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
    published.push(params)
  })
  client.onNotification('window/logMessage', ({ message }: { message: string }) => {
    logs.push(message)
  })
  if (options.files) {
    const { files } = options
    client.onRequest('unroot/fs/read', ({ uri }: { uri: string }) => {
      asked.push(uri)
      return files[uri] === undefined ? null : { text: files[uri] }
    })
    client.onRequest('unroot/fs/stat', ({ uri }: { uri: string }) =>
      files[uri] === undefined ? null : { kind: 'file' },
    )
    client.onRequest('unroot/fs/list', () => null)
  }
  client.listen()

  const { capabilities } = await client.sendRequest<InitializeResult>('initialize', {
    processId: null,
    rootUri: null,
    workspaceFolders: null,
    ...(options.locale === undefined ? {} : { locale: options.locale }),
    capabilities: options.capabilities ?? able,
    initializationOptions: options.initializationOptions ?? {
      trusted: true,
      otherDockerfileExtension: false,
    },
  })
  await client.sendNotification('initialized', {})

  return {
    client,
    capabilities,
    settings,
    published,
    registered,
    logs,
    asked,
    refreshes: () => refreshes,
    open: (text: string, at = uri, languageId = 'dockerfile') =>
      client.sendNotification('textDocument/didOpen', {
        textDocument: { uri: at, languageId, version: 1, text },
      }),
    change: (version: number, contentChanges: object[], at = uri) =>
      client.sendNotification('textDocument/didChange', {
        textDocument: { uri: at, version },
        contentChanges,
      }),
    changeSettings: async (changes: Record<string, unknown>) => {
      Object.assign(settings, changes)
      await client.sendNotification('workspace/didChangeConfiguration', { settings: null })
    },
    pull: (at = uri, previousResultId?: string) =>
      client.sendRequest<{ kind: string; resultId?: string; items: Diagnostic[] }>(
        'textDocument/diagnostic',
        {
          textDocument: { uri: at },
          ...(previousResultId === undefined ? {} : { previousResultId }),
        },
      ),
    actions: (range: Range, context: Partial<CodeActionContext> = {}) =>
      client.sendRequest<CodeAction[]>('textDocument/codeAction', {
        textDocument: { uri },
        range,
        context: { diagnostics: [], triggerKind: 1, ...context },
      }),
    resolve: (action: CodeAction) => client.sendRequest<CodeAction>('codeAction/resolve', action),
    at: <T>(method: string, position: Position, more: object = {}) =>
      client.sendRequest<T>(method, { textDocument: { uri }, position, ...more }),
    command: <T>(command: string, ...args: unknown[]) =>
      client.sendRequest<T>('workspace/executeCommand', { command, arguments: args }),
    [Symbol.dispose]: () => {
      client.dispose()
      server.dispose()
    },
  }
}

/** Waits until something holds, as a person would. */
export async function eventually(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (await holds()) return
    await new Promise((done) => setTimeout(done, 10))
  }
  throw new Error(`never happened: ${what}`)
}

export const position = (line: number, character: number): Position => ({ line, character })
export const point = (line: number, character: number): Range => ({
  start: { line, character },
  end: { line, character },
})

/** A text with the edits of a workspace edit; snippets lose their placeholders' syntax. */
export function applied(text: string, edit: WorkspaceEdit | undefined): string {
  const edits = (edit?.documentChanges ?? []).flatMap((change) => ('edits' in change ? change.edits : []))
  const plain = [...edits, ...Object.values(edit?.changes ?? {}).flat()].map(
    (one): TextEdit =>
      'snippet' in one
        ? { range: one.range, newText: one.snippet.value.replace(/\$\{\d+:([^}]*)\}/g, '$1') }
        : { range: one.range, newText: one.newText },
  )
  return TextDocument.applyEdits(TextDocument.create(uri, 'dockerfile', 1, text), plain)
}
