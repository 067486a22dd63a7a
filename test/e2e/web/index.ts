import 'mocha/mocha.js'
import { print, report } from '../suite/report.ts'

/** Runs in VS Code's extension host for the browser, a web worker, where mocha's own browser bundle is at home. */
export async function run(): Promise<void> {
  Mocha.reporters.Base.consoleLog = print
  mocha.setup({ ui: 'bdd', reporter: 'spec', timeout: 20_000, color: false, slow: 2000 })
  await import('../suite/editor.test.ts')
  await import('./verify.test.ts')
  await report((done) => mocha.run(done))
}
