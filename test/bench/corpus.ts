import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { isDockerfileName } from '../../server/src/cli/dockerfile-name.ts'

export interface CorpusFile {
  readonly path: string
  readonly text: string
}

/** Real Dockerfiles of other people, where they were brought to this machine, and our own. */
export function corpusFiles(): CorpusFile[] {
  const brought = process.env.UNROOT_CORPUS ?? join(homedir(), '.cache', 'unroot', 'corpus')
  return [brought, resolve('test/corpus')].filter(existsSync).flatMap(filesIn)
}

function filesIn(folder: string): CorpusFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && isDockerfileName(entry.name.replace(/^.*__/, '')))
    .filter(({ parentPath }) => !parentPath.includes('.ctx'))
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort()
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }))
}
