export const exitCode = {
  ok: 0,
  /** Findings at or above `--fail-on`. */
  findings: 1,
  /** Wrong usage, unreadable file or bad configuration. */
  usage: 2,
  /** A fault of Unroot's own. */
  fault: 3,
} as const
export type ExitCode = (typeof exitCode)[keyof typeof exitCode]
