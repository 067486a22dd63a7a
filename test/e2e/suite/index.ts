import Mocha from 'mocha'

/** Runs in VS Code's extension host: `extensionTestsPath` of @vscode/test-electron. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 20_000, color: false, slow: 2000 })
  mocha.suite.emit('pre-require', globalThis, 'suite', mocha)
  await import('./editor.test.ts')
  await new Promise<void>((resolve, reject) => {
    const runner = mocha.run((failures) =>
      failures > 0 ? reject(new Error(`${failures} tests failed`)) : resolve(),
    )
    runner.on('end', () => {
      const { passes = 0, failures = 0 } = runner.stats ?? {}
      console.log(`e2e-result ${passes} ${failures}`)
    })
  })
}
