/** Milliseconds of processor time that `work` takes: what else runs on the machine does not count. */
export function processorTime(work: () => void): number {
  const start = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}
