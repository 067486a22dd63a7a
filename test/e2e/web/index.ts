import 'mocha/mocha.js'

/** Runs in VS Code's extension host for the browser, a web worker, where mocha's own browser bundle is at home. */
export async function run(): Promise<void> {
  mocha.setup({ ui: 'bdd', reporter: 'spec', timeout: 20_000, color: false, slow: 2000 })
  await import('../suite/editor.test.ts')
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
