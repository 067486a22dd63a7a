/** As much of `node:assert/strict` as the suites use: a web worker has no modules of Node's. */

class AssertionError extends Error {
  override readonly name = 'AssertionError'
}

function fail(message: string): never {
  throw new AssertionError(message)
}

export function ok(value: unknown, message?: string): asserts value {
  if (!value) fail(message ?? `${show(value)} is not truthy`)
}

export function equal(actual: unknown, expected: unknown, message?: string): void {
  if (!Object.is(actual, expected)) fail(message ?? `${show(actual)}\n  is not\n${show(expected)}`)
}

export function deepEqual(actual: unknown, expected: unknown, message?: string): void {
  equal(show(actual), show(expected), message)
}

export function match(actual: string, pattern: RegExp, message?: string): void {
  if (!pattern.test(actual)) fail(message ?? `${show(actual)}\n  does not match\n${pattern}`)
}

export function doesNotMatch(actual: string, pattern: RegExp, message?: string): void {
  if (pattern.test(actual)) fail(message ?? `${show(actual)}\n  matches\n${pattern}`)
}

function show(value: unknown): string {
  return JSON.stringify(value, undefined, 2) ?? String(value)
}

const assert: Record<string, unknown> = { ok, equal, deepEqual, match, doesNotMatch, fail }
// biome-ignore lint/style/noDefaultExport: stands in for a module that has one
export default assert
