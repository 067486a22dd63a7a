import { expandWord, platformArgs, variableOf } from '../dockerfile/index.ts'
import type { Dockerfile, Variable, Word } from '../dockerfile/types.ts'
import type { EvaluateOptions } from './types.ts'

/** ARGs before the first FROM, and what the builder itself sets there. */
export function globalVariables(
  dockerfile: Dockerfile,
  options: EvaluateOptions,
): ReadonlyMap<string, Variable> {
  const all = new Map<string, Variable>()
  for (const [name, { of, part }] of Object.entries(platformArgs))
    all.set(name, of === 'target' ? platformValue(part, options.platform) : { kind: 'unknown' })
  for (const instruction of dockerfile.metaArgs) {
    for (const { key, value } of instruction.pairs) {
      const given = options.buildArgs?.get(key.raw)
      if (given !== undefined) all.set(key.raw, { kind: 'set', value: given })
      // Without a default the build has to give it: what it is, only the build knows.
      else if (value === undefined) all.has(key.raw) || all.set(key.raw, { kind: 'unknown' })
      else
        all.set(
          key.raw,
          variableFrom(value, (name) => all.get(name) ?? { kind: 'unset' }, dockerfile),
        )
    }
  }
  return all
}

function platformValue(part: string, platform: string | undefined): Variable {
  if (platform === undefined) return part === 'os' ? { kind: 'set', value: 'linux' } : { kind: 'unknown' }
  const [os = '', architecture = '', variant = ''] = platform.split('/')
  const value = { platform, os, architecture, variant, 'os-version': '' }[part]
  return value === undefined ? { kind: 'unknown' } : { kind: 'set', value }
}

export function variableFrom(
  word: Word,
  lookup: (name: string) => Variable,
  dockerfile: Dockerfile,
): Variable {
  return variableOf(expandWord(word.raw, lookup, { escape: dockerfile.escape }))
}
