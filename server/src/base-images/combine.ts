import type { BaseImages } from './types.ts'

/** Asks one after the other; the first that knows the image answers. */
export function combine(...resolvers: readonly BaseImages[]): BaseImages {
  return {
    resolve(reference, platform) {
      for (const resolver of resolvers) {
        const facts = resolver.resolve(reference, platform)
        if (facts) return facts
      }
      return undefined
    },
  }
}
