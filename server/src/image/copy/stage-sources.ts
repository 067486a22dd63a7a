import { matchesShellPattern, readPattern } from '../../shell/index.ts'
import { absolute, childOf, find, join, nameOf } from '../files.ts'
import type { ImageState } from '../types.ts'
import { type Source, unnamed } from './request.ts'

/** Files of another stage. */

export function stageSources(source: string, from: ImageState): readonly Source[] {
  const path = absolute(source)
  if (!/[*?[]/.test(path)) {
    const { node } = find(from.files, path)
    // It must be there, else the build fails.
    const exists = node.kind === 'unknown' ? 'likely' : node.exists
    return [{ kind: 'entry', name: nameOf(path), node: { ...node, exists }, path }]
  }
  return matching(from, path)
}

/** What a pattern means in a stage; 'unknown' where it may mean entries that the tree does not name. */
export function matchingPlaces(from: ImageState, pattern: string): readonly string[] | 'unknown' {
  const { places, unlisted } = walk(from, pattern)
  return unlisted.length > 0 ? 'unknown' : places
}

function matching(from: ImageState, pattern: string): readonly Source[] {
  const { places, unlisted } = walk(from, pattern)
  const named = places.flatMap((place): Source[] => {
    const { node } = find(from.files, place)
    return node.kind === 'missing' ? [] : [{ kind: 'entry', name: nameOf(place), node, path: place }]
  })
  return [...named, ...unlisted]
}

/** Each part of a pattern in the folders that the parts before it mean. */
function walk(from: ImageState, pattern: string) {
  const parts = pattern.slice(1).split('/')
  let places: readonly string[] = ['/']
  const unlisted: Source[] = []
  parts.forEach((part, index) => {
    const fits = /[*?[]/.test(part) ? readPattern(part) : undefined
    const next: string[] = []
    for (const folder of places) {
      const { node } = find(from.files, folder)
      if (fits && node.unlisted !== 'none')
        unlisted.push(unnamed(index === parts.length - 1 ? node.unlisted : undefined))
      const names = fits
        ? [...node.children.keys()].filter((name) => matchesShellPattern(fits, name)).sort()
        : [part]
      for (const name of names) if (childOf(node, name).kind !== 'missing') next.push(join(folder, name))
    }
    places = next
  })
  return { places, unlisted }
}
