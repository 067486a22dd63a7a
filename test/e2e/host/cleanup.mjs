/** Undoes in reverse order what a run started, however the run ends. */

/** `defer` registers a step; `finish` runs all of them once and ends the process. */
export function cleanup() {
  const steps = []
  let finishing
  const finish = (code) => {
    finishing ??= runAll().then(() => process.exit(code))
    return finishing
  }
  const runAll = async () => {
    for (const step of steps.reverse()) await Promise.race([attempt(step), timeLimit(5000)])
  }
  const fail = (message) => {
    if (!finishing) console.error(message)
    return finish(1)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => finish(130))
  process.on('uncaughtException', (error) => fail(error.stack))
  process.on('unhandledRejection', (error) => fail(error?.stack ?? String(error)))
  // Whoever started us may be killed without a word to us.
  const parent = process.ppid
  setInterval(() => process.ppid !== parent && finish(1), 1000).unref()
  return { defer: (step) => steps.push(step), finish, fail }
}

async function attempt(step) {
  try {
    await step()
  } catch {
    // One step that fails must not keep the others from running.
  }
}

function timeLimit(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref())
}
