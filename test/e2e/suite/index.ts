import Mocha from 'mocha'
import { print, report } from './report.ts'

/** Runs in VS Code's extension host: `extensionTestsPath` of @vscode/test-electron. */
export async function run(): Promise<void> {
  Mocha.reporters.Base.consoleLog = print
  const mocha = new Mocha({ ui: 'bdd', timeout: 20_000, color: false, slow: 2000 })
  mocha.suite.emit('pre-require', globalThis, 'suite', mocha)
  if (process.env.UNROOT_E2E_SUITE === 'untrusted') await import('./untrusted.test.ts')
  else {
    await import('./editor.test.ts')
    await import('./context-files.test.ts')
    await import('./verify.test.ts')
    await import('./server-faults.test.ts')
  }
  await report((done) => mocha.run(done))
}
