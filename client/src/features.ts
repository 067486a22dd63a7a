import * as vscode from 'vscode'
import { registerDeclareBaseImage } from './declare-base-image.ts'
import { createReports } from './guidance.ts'
import { registerHarden } from './harden.ts'
import { registerReports } from './reports.ts'
import type { Session } from './session.ts'
import { registerStatus } from './status.ts'
import { registerVerify } from './verify.ts'

/** All that the extension adds, the same on desktop and web. */
export function registerFeatures(context: vscode.ExtensionContext, session: Session): void {
  const reports = createReports(context)
  registerHarden(context, session, reports)
  registerReports(context, session, reports)
  registerVerify(context, session, reports)
  registerDeclareBaseImage(context)
  registerStatus(context, session)
  context.subscriptions.push(vscode.commands.registerCommand('unroot.restartServer', () => session.restart()))
}
