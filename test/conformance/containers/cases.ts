import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type ParseError, parse } from 'jsonc-parser'
import type { BaseImageDeclarations } from '../../../server/src/base-images/index.ts'

/** What real engines did with small Dockerfiles; see the README beside the cases. */
const folder =
  process.env.UNROOT_FACTS ?? resolve(import.meta.dirname, '../../../../shared/research/container-facts')

export interface ContextFile {
  readonly path: string
  readonly kind?: 'dir' | 'link' | 'tar'
  readonly mode?: string
  readonly text?: string
  readonly target?: string
  readonly entries?: readonly TarEntry[]
}
export interface TarEntry {
  readonly path: string
  readonly kind?: 'dir' | 'link'
  readonly mode?: string
  readonly uid?: number
  readonly gid?: number
  readonly uname?: string
  readonly gname?: string
  readonly target?: string
  readonly text?: string
}
export interface ObservedPath {
  readonly kind: string
  readonly owner?: string
  readonly mode?: string
  readonly readable?: boolean
  readonly writable?: boolean
  readonly executable?: boolean
}
export interface Observed {
  readonly build: {
    readonly ok: boolean
    readonly errorLine?: number
    readonly exitCode?: number
    readonly said?: Readonly<Record<string, string>>
  }
  readonly config?: {
    readonly user: string
    readonly workdir: string
    readonly volumes?: readonly string[]
    readonly onbuild?: readonly string[]
  }
  readonly run?: {
    readonly started: boolean
    readonly uid?: number
    readonly gid?: number
    readonly groups?: readonly number[]
    readonly home?: string | null
    readonly cwd?: string
    readonly exit?: number
    readonly said?: readonly string[]
    readonly output?: string
    readonly paths?: Readonly<Record<string, ObservedPath>>
  }
}
export interface Case {
  readonly id: string
  readonly title: string
  readonly dockerfile: string
  readonly context?: readonly ContextFile[]
  readonly buildkit: boolean
  readonly target?: string
  readonly buildArgs?: Readonly<Record<string, string>>
  readonly probe: { readonly flags?: readonly string[] }
  /** Base images of the case; left out: those of all container facts. */
  readonly baseImages?: BaseImageDeclarations
  readonly observed: Observed
  readonly elsewhere?: Readonly<Record<string, Observed>>
  readonly doubtful?: string
}

export function haveCases(): boolean {
  return existsSync(folder)
}

export function readCases(): readonly Case[] {
  const cases = join(folder, 'cases')
  return readdirSync(cases)
    .sort()
    .flatMap((name) => readFileSync(join(cases, name), 'utf8').split('\n'))
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Case)
}

/** The base images of the cases, declared as a user would. */
export function declarations(): BaseImageDeclarations {
  const errors: ParseError[] = []
  return parse(readFileSync(join(folder, 'unroot.json'), 'utf8'), errors).baseImages
}

/** What is to be predicted: current BuildKit with the containerd image store, or the classic builder. */
export function wanted({ buildkit, elsewhere, observed }: Case): Observed {
  return (buildkit ? elsewhere?.docker28 : undefined) ?? observed
}
