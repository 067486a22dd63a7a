const name = 'UsageError'

/** A mistake of the caller: its message goes to stderr, the exit code is 2, and nothing is written. */
export function usageError(message: string): Error {
  return Object.assign(new Error(message), { name })
}

export function isUsageError(error: unknown): error is Error {
  return error instanceof Error && error.name === name
}
