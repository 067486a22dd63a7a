import {
  type Connection,
  type Disposable,
  DocumentFormattingRequest,
  DocumentHighlightRequest,
  DocumentRangeFormattingRequest,
  DocumentSymbolRequest,
  FoldingRangeRequest,
  type ServerCapabilities,
  SignatureHelpRequest,
} from 'vscode-languageserver'
import type { Client } from './client-capabilities.ts'
import type { GeneralFeatures } from './general-features.ts'
import type { Guard } from './guard.ts'

/** Features that only the general service has: another extension's must not stand beside them. */
const signatureTriggers = ['-', '[', ',', '"', ' ', '=']
const registrations = [
  ['formatting', DocumentFormattingRequest.type, {}],
  ['rangeFormatting', DocumentRangeFormattingRequest.type, {}],
  ['foldingRange', FoldingRangeRequest.type, {}],
  ['documentSymbol', DocumentSymbolRequest.type, {}],
  ['documentHighlight', DocumentHighlightRequest.type, {}],
  ['signatureHelp', SignatureHelpRequest.type, { triggerCharacters: signatureTriggers }],
] as const

/** Declared from the start for clients that cannot be told later. */
export function generalCapabilities(client: Client): ServerCapabilities {
  if (registersLater(client) || client.options.otherDockerfileExtension === true) return {}
  return {
    documentFormattingProvider: true,
    documentRangeFormattingProvider: true,
    foldingRangeProvider: true,
    documentSymbolProvider: true,
    documentHighlightProvider: true,
    signatureHelpProvider: { triggerCharacters: signatureTriggers },
  }
}

function registersLater({ capabilities: { textDocument } }: Client): boolean {
  return registrations.every(([key]) => textDocument?.[key]?.dynamicRegistration === true)
}

/** Registers the features, or takes them back. */
export function createGeneralRegistration(
  connection: Connection,
  client: Client,
): (on: boolean) => Promise<void> {
  let registered: readonly Disposable[] = []
  return async (on) => {
    if (!registersLater(client) || on === registered.length > 0) return
    const before = registered
    registered = on
      ? await Promise.all(
          registrations.map(([, type, options]) =>
            connection.client.register(type as typeof DocumentFormattingRequest.type, {
              documentSelector: null,
              ...options,
            }),
          ),
        )
      : []
    for (const registration of before) registration.dispose()
  }
}

export interface GeneralParts {
  readonly connection: Connection
  readonly guard: Guard
  /** The features and the document's text; undefined where they are off or the document is closed. */
  use(uri: string): Promise<{ readonly features: GeneralFeatures; readonly text: string } | undefined>
}

export function handleGeneralRequests({ connection, guard, use }: GeneralParts): void {
  connection.onDocumentFormatting(
    guard('formatting', [], async ({ textDocument: { uri }, options }) => {
      const found = await use(uri)
      return found ? found.features.format(found.text, options) : []
    }),
  )
  connection.onDocumentRangeFormatting(
    guard('range formatting', [], async ({ textDocument: { uri }, options, range }) => {
      const found = await use(uri)
      return found ? found.features.format(found.text, options, range) : []
    }),
  )
  connection.onFoldingRanges(
    guard('folding', [], async ({ textDocument: { uri } }) => {
      const found = await use(uri)
      return found ? found.features.folding(found.text) : []
    }),
  )
  connection.onDocumentSymbol(
    guard('symbols', [], async ({ textDocument: { uri } }) => {
      const found = await use(uri)
      return found ? found.features.symbols(uri, found.text) : []
    }),
  )
  connection.onDocumentHighlight(
    guard('highlights', [], async ({ textDocument: { uri }, position }) => {
      const found = await use(uri)
      return found ? found.features.highlights(found.text, position) : []
    }),
  )
  connection.onSignatureHelp(
    guard('signature help', null, async ({ textDocument: { uri }, position }) => {
      const found = await use(uri)
      return found ? found.features.signature(found.text, position) : null
    }),
  )
}
