import type { ClientCapabilities, InitializeParams } from 'vscode-languageserver'
import type { Language } from '../l10n/index.ts'
import type { InitializationOptions } from './protocol.ts'

/** What the client can do, each asked in one place. */
export interface Client {
  readonly pullsDiagnostics: boolean
  readonly refreshesDiagnostics: boolean
  readonly refreshesCodeLens: boolean
  readonly refreshesInlayHints: boolean
  readonly readsConfiguration: boolean
  readonly registersConfiguration: boolean
  readonly registersFileWatchers: boolean
  readonly resolvesCodeActions: boolean
  readonly disablesCodeActions: boolean
  readonly documentChanges: boolean
  readonly changeAnnotations: boolean
  readonly snippetEdits: boolean
  readonly relatedInformation: boolean
  readonly diagnosticTags: boolean
  readonly codeDescriptions: boolean
  readonly diagnosticData: boolean
  /** Knows the commands of `clientCommands`: it said so by sending Unroot's own options. */
  readonly unrootCommands: boolean
  /** Says what people read, in the client's language. */
  readonly say: Language
  readonly options: InitializationOptions
  readonly capabilities: ClientCapabilities
}

export function readClient({ capabilities, initializationOptions }: InitializeParams, say: Language): Client {
  const { workspace, textDocument } = capabilities
  const diagnostic = textDocument?.diagnostic
  const published = textDocument?.publishDiagnostics
  const actions = textDocument?.codeAction
  const options = (
    typeof initializationOptions === 'object' && initializationOptions !== null ? initializationOptions : {}
  ) as InitializationOptions
  return {
    pullsDiagnostics: diagnostic !== undefined,
    refreshesDiagnostics: workspace?.diagnostics?.refreshSupport === true,
    refreshesCodeLens: workspace?.codeLens?.refreshSupport === true,
    refreshesInlayHints: workspace?.inlayHint?.refreshSupport === true,
    readsConfiguration: workspace?.configuration === true,
    registersConfiguration: workspace?.didChangeConfiguration?.dynamicRegistration === true,
    registersFileWatchers: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    resolvesCodeActions:
      actions?.dataSupport === true && (actions.resolveSupport?.properties.includes('edit') ?? false),
    disablesCodeActions: actions?.disabledSupport === true,
    documentChanges: workspace?.workspaceEdit?.documentChanges === true,
    changeAnnotations:
      workspace?.workspaceEdit?.documentChanges === true &&
      workspace.workspaceEdit.changeAnnotationSupport !== undefined,
    snippetEdits:
      workspace?.workspaceEdit?.documentChanges === true &&
      workspace.workspaceEdit.snippetEditSupport === true,
    relatedInformation: either(diagnostic?.relatedInformation, published?.relatedInformation),
    diagnosticTags: diagnostic?.tagSupport !== undefined || published?.tagSupport !== undefined,
    codeDescriptions: either(diagnostic?.codeDescriptionSupport, published?.codeDescriptionSupport),
    diagnosticData: either(diagnostic?.dataSupport, published?.dataSupport),
    unrootCommands: options.trusted !== undefined || options.otherDockerfileExtension !== undefined,
    say,
    options,
    capabilities,
  }
}

function either(a: boolean | undefined, b: boolean | undefined): boolean {
  return a === true || b === true
}
