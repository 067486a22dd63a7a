/** What client and server say to each other beyond LSP. Shared with the VS Code client. */

/** Commands of the client, offered in code actions and lenses. */
export const clientCommands = {
  hardenImage: 'unroot.hardenImage', // [uri]
  showRuntimeGuidance: 'unroot.showRuntimeGuidance', // [uri]
  declareBaseImage: 'unroot.declareBaseImage', // [uri, reference]
  explainImage: 'unroot.explainImage', // [uri]
} as const

/** Commands of the server, by workspace/executeCommand; each takes [uri]. */
export const serverCommands = {
  harden: 'unroot.server.harden',
  runtimeGuidance: 'unroot.server.runtimeGuidance',
  explain: 'unroot.server.explain',
  status: 'unroot.server.status',
  verify: 'unroot.server.verify',
} as const

/**
 * Requests from server to client for files that the server cannot reach itself: in a browser, or where the
 * document's scheme is not `file`. A client that does not know them answers "method not found".
 */
export const fileRequests = {
  /** { uri } → { text: string } | null. `null`: no such file, or larger than 256 KiB. */
  read: 'unroot/fs/read',
  /** { uri } → { kind: 'file' | 'directory' | 'link' } | null. `null`: nothing there. */
  stat: 'unroot/fs/stat',
  /** { uri } → { names: string[] } | null. */
  list: 'unroot/fs/list',
} as const

/** Notification from the client: `{ trusted: boolean }`, when the user grants workspace trust. */
export const trustChanged = 'unroot/trustChanged'

export interface InitializationOptions {
  /** Another extension serves Dockerfiles: `dockerfileFeatures: auto` means off. */
  readonly otherDockerfileExtension?: boolean
  /** No process and no network in an untrusted workspace. */
  readonly trusted?: boolean
}

export interface HardenAnswer {
  readonly edit: import('vscode-languageserver').WorkspaceEdit | null
  readonly title: string
  /** Markdown. */
  readonly summary: string
  readonly refused: readonly string[]
}
export interface VerifyAnswer {
  /** The report; null where there is none. */
  readonly markdown: string | null
  /** Why nothing was verified. */
  readonly refused: string | null
}
export interface StatusAnswer {
  readonly kind: 'root' | 'steps-down' | 'user' | 'unknown'
  /** `root`, `app (10001)`, `drops to redis`, `unknown`, in the client's language. */
  readonly text: string
  readonly tooltip: string
}
