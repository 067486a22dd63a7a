import { type Oracle, startOracle } from './oracle.ts'

/** Starts the oracle for the tests of a suite; they are skipped where there is none. */
export function useOracle(): () => Oracle {
  let oracle: Oracle | undefined

  before(function () {
    const started = startOracle()
    if (typeof started !== 'string') {
      oracle = started
      return
    }
    console.log(`      skipped: ${started}`)
    this.skip()
  })

  after(() => oracle?.stop())

  return () => {
    if (oracle === undefined) throw new Error('the oracle is asked before the tests run')
    return oracle
  }
}
