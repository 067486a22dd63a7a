import { processorTime } from '../processor-time.ts'
import { quantile } from './statistics.ts'

/** How time grows with size. */
export interface Growth {
  /** At the largest size. */
  readonly milliseconds: number
  /** Of time against size: 1 is linear. */
  readonly exponent: number
}

/** The same work at one size. */
export interface Job {
  readonly size: number
  readonly run: () => void
  /** How often in a round: small ones several times, for the clock is coarse. */
  readonly times: number
}

/** Medians of several rounds; the last job is the largest. */
export function growthOf(jobs: readonly Job[], rounds: number): Growth {
  // Each round has all sizes, so that what else runs on the machine slows all of them alike.
  const times = Array.from({ length: rounds }, () =>
    jobs.map(({ run, times: repeat }) => {
      const whole = processorTime(() => {
        for (let time = 0; time < repeat; time++) run()
      })
      return whole / repeat
    }),
  )
  const medians = jobs.map((_, index) =>
    quantile(
      times.map((round) => round[index] as number),
      0.5,
    ),
  )
  return {
    milliseconds: medians.at(-1) as number,
    exponent: exponentOf(jobs.map(({ size }, index) => [size, medians[index] as number])),
  }
}

/** Slope of log(time) against log(size), by least squares. */
function exponentOf(points: readonly (readonly [number, number])[]): number {
  const logs = points.map(([size, time]) => [Math.log(size), Math.log(time)] as const)
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const x = mean(logs.map(([size]) => size))
  const y = mean(logs.map(([, time]) => time))
  const covariance = logs.reduce((sum, [size, time]) => sum + (size - x) * (time - y), 0)
  return covariance / logs.reduce((sum, [size]) => sum + (size - x) ** 2, 0)
}
