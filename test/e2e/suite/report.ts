/** Before each line of the tests: an invisible character by which the host tells them from VS Code's own remarks. */
const mark = '\u2060'

/** What mocha's reporters write with. */
export function print(first: unknown = '', ...rest: readonly unknown[]): void {
  console.log(`${mark}${first}`, ...rest)
}

/** Runs the suites; tells the host how many tests passed and failed. */
export function report(run: (done: (failures: number) => void) => Mocha.Runner): Promise<void> {
  return new Promise((resolve, reject) => {
    const runner = run((failures) => {
      const { passes = 0 } = runner.stats ?? {}
      print(`e2e-result ${passes} ${failures}`)
      // VS Code ends at once, and what it has not yet sent is lost.
      setTimeout(() => (failures > 0 ? reject(new Error(`${failures} tests failed`)) : resolve()), 200)
    })
  })
}
