import type { WorkspaceEdit } from 'vscode-languageclient'

/** Commands of the server, by workspace/executeCommand; each takes [uri]. See server/src/language-server/protocol.ts. */
export const serverCommand = {
  harden: 'unroot.server.harden',
  runtimeGuidance: 'unroot.server.runtimeGuidance',
  explain: 'unroot.server.explain',
  status: 'unroot.server.status',
  verify: 'unroot.server.verify',
} as const

export interface HardenAnswer {
  readonly edit: WorkspaceEdit | null
  readonly title: string
  /** Markdown. */
  readonly summary: string
  readonly refused: readonly string[]
}
export interface MarkdownAnswer {
  readonly markdown: string
}
export interface VerifyAnswer {
  /** The report; null where there is none. */
  readonly markdown: string | null
  /** Why nothing was verified. */
  readonly refused: string | null
}
export interface StatusAnswer {
  readonly kind: 'root' | 'steps-down' | 'user' | 'unknown'
  readonly text: string
  readonly tooltip: string
}

/** Extensions that serve Dockerfiles too: their general features come first. */
export const otherDockerfileExtensions = [
  'ms-azuretools.vscode-docker',
  'ms-azuretools.vscode-containers',
  'docker.docker',
] as const
