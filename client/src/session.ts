import * as vscode from 'vscode'
import type { BaseLanguageClient, LanguageClientOptions } from 'vscode-languageclient'
import { CloseAction, ErrorAction, State } from 'vscode-languageclient'
import { answerFileRequests } from './files.ts'
import { otherDockerfileExtensions } from './protocol.ts'

/** What every feature of the extension works with. */
export interface Session {
  readonly client: BaseLanguageClient
  readonly output: vscode.LogOutputChannel
  /** Asks the server; undefined, with a message to the user, where it cannot answer. */
  ask<T>(command: string, uri: vscode.Uri): Promise<T | undefined>
  restart(): Promise<void>
}

const answerLimit = 30_000
/** A server that stops this often in so short a time will not come back by itself. */
const failuresAllowed = 3
const failureMemory = 180_000

export function clientOptions(output: vscode.LogOutputChannel, onDead: () => void): LanguageClientOptions {
  let failures: number[] = []
  return {
    documentSelector: [{ language: 'dockerfile' }, { pattern: '**/.unroot.json' }],
    outputChannel: output,
    // Asked at every start: trust and extensions may have changed since the last.
    initializationOptions: () => ({
      otherDockerfileExtension: hasOtherDockerfileExtension(),
      trusted: vscode.workspace.isTrusted,
    }),
    diagnosticPullOptions: { onChange: true, onSave: true, onTabs: false },
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => {
        const now = Date.now()
        failures = [...failures.filter((time) => now - time < failureMemory), now]
        if (failures.length <= failuresAllowed) return { action: CloseAction.Restart, handled: true }
        onDead()
        return { action: CloseAction.DoNotRestart, handled: true }
      },
    },
    initializationFailedHandler: () => {
      onDead()
      return false
    },
  }
}

function hasOtherDockerfileExtension(): boolean {
  return otherDockerfileExtensions.some((id) => vscode.extensions.getExtension(id) !== undefined)
}

/** Starts the server and keeps the way to it. */
export async function startSession(
  context: vscode.ExtensionContext,
  create: (options: LanguageClientOptions) => BaseLanguageClient,
): Promise<Session> {
  const output = vscode.window.createOutputChannel('Unroot', { log: true })
  context.subscriptions.push(output)
  const offerRestart = async () => {
    const restart = vscode.l10n.t('Restart')
    const showLog = vscode.l10n.t('Show Log')
    const picked = await vscode.window.showErrorMessage(
      vscode.l10n.t(
        'The Unroot language server has stopped: Dockerfiles are not checked until it runs again.',
      ),
      restart,
      showLog,
    )
    if (picked === restart) await session.restart()
    if (picked === showLog) output.show()
  }
  const client = create(clientOptions(output, () => void offerRestart()))
  const start = async () => {
    try {
      await within(answerLimit, client.start())
    } catch (error) {
      output.error(String(error))
      void offerRestart()
    }
  }
  const session: Session = {
    client,
    output,
    ask: async <T>(command: string, uri: vscode.Uri): Promise<T | undefined> => {
      try {
        // It may be on its way up: at first, or after a crash.
        if (client.state === State.Starting) await within(answerLimit, client.start())
        if (!client.isRunning()) {
          void offerRestart()
          return undefined
        }
        const answer = client.sendRequest<T>('workspace/executeCommand', {
          command,
          arguments: [uri.toString()],
        })
        return (await within(answerLimit, answer)) ?? undefined
      } catch (error) {
        output.error(`${command}: ${String(error)}`)
        void vscode.window.showErrorMessage(
          vscode.l10n.t(
            'Unroot could not answer: {0}',
            error instanceof Error ? error.message : String(error),
          ),
        )
        return undefined
      }
    },
    restart: async () => {
      output.info('Restarting the language server.')
      // A server that hangs does not answer: it is ended after two seconds.
      if (client.isRunning()) await client.stop(2000).catch((error: unknown) => output.warn(String(error)))
      await start()
    },
  }
  let hadOther = hasOtherDockerfileExtension()
  context.subscriptions.push(
    ...answerFileRequests(client),
    vscode.extensions.onDidChange(() => {
      const hasOther = hasOtherDockerfileExtension()
      if (hasOther !== hadOther) void session.restart()
      hadOther = hasOther
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(
      // A server that is not running is told when it starts.
      () => void client.sendNotification('unroot/trustChanged', { trusted: true }).catch(() => undefined),
    ),
    { dispose: () => void client.stop().catch(() => undefined) },
  )
  await start()
  return session
}

/** The promise, or an error when it takes too long. */
function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(vscode.l10n.t('no answer within {0} seconds', milliseconds / 1000))),
      milliseconds,
    )
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
