import { join } from 'node:path'
import { filesBelow, ownFiles, realFiles } from './corpus.ts'
import { buildkitSource } from './oracle.ts'

/** What mutations are made of. Files that every machine has come first, so that a seed means the same everywhere. */
export function seedTexts(): readonly string[] {
  const source = buildkitSource()
  if (source === undefined) throw new Error('there is no source of BuildKit')
  const theirs = filesBelow(join(source, 'frontend', 'dockerfile', 'parser', 'testfiles'), (path) =>
    path.endsWith('Dockerfile'),
  )
  return [...theirs, ...ownFiles(), ...realFiles()].map(({ text }) => text)
}
