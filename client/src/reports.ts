import * as vscode from 'vscode'
import { dockerfileOf, openForServer } from './documents.ts'
import type { Reports } from './guidance.ts'
import { type MarkdownAnswer, serverCommand } from './protocol.ts'
import type { Session } from './session.ts'

/** Commands that show what the server writes about one Dockerfile. */
export function registerReports(context: vscode.ExtensionContext, session: Session, reports: Reports): void {
  const report = (command: string, serverSide: string, title: () => string) =>
    vscode.commands.registerCommand(command, async (argument: unknown) => {
      const uri = dockerfileOf(argument)
      if (!uri) return
      await openForServer(uri)
      const answer = await session.ask<MarkdownAnswer>(serverSide, uri)
      if (answer) await reports.show(title(), uri, answer.markdown)
    })
  context.subscriptions.push(
    report('unroot.showRuntimeGuidance', serverCommand.runtimeGuidance, () =>
      vscode.l10n.t('Runtime hardening'),
    ),
    report('unroot.explainImage', serverCommand.explain, () => vscode.l10n.t('Who runs here')),
  )
}
