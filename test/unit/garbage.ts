import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Collects garbage all the time, as in a process that has much to do: what nobody holds does not last. */
export function collectingGarbage(): Disposable {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const timer = setInterval(collect, 300)
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
