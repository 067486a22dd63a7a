import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { allRules } from '../analysis/index.ts'
import { findConfig, parseConfig, type UnrootConfig } from '../config/index.ts'
import { inEnglish } from '../l10n/index.ts'
import { reasonOf } from './source-file.ts'
import { usageError } from './usage-error.ts'

export interface LoadedConfig {
  readonly config: UnrootConfig
  /** Paths in it are meant from here. */
  readonly folder: string
}

/** Finds and reads configuration files, each once. */
export function configurations(wanted: string | boolean): (folder: string) => LoadedConfig {
  const loaded = new Map<string, LoadedConfig>()
  const load = (path: string) => {
    const known = loaded.get(path) ?? read(path)
    loaded.set(path, known)
    return known
  }
  if (typeof wanted === 'string') {
    const only = load(resolve(wanted))
    return () => only
  }
  return (folder) => {
    const path = wanted ? findConfig(folder, { isFile }) : undefined
    return path === undefined ? { config: {}, folder } : load(path)
  }
}

function read(path: string): LoadedConfig {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw usageError(`${path}: ${reasonOf(error)}`)
  }
  const { config, problems } = parseConfig(
    text,
    path,
    allRules.map(({ id }) => id),
  )
  if (problems.length > 0)
    throw usageError(
      problems
        .map(({ line, column, message }) => `${path}:${line}:${column}: ${inEnglish(message)}`)
        .join('\n'),
    )
  return { config, folder: dirname(path) }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}
