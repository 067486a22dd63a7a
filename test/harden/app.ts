import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AnalysisOptions } from '../../server/src/analysis/index.ts'

/** A small application: a build context with its Dockerfile, and what is to come of it. */
export interface App {
  readonly name: string
  readonly folder: string
  readonly family: string
  readonly options: Pick<AnalysisOptions, 'profile' | 'newUser' | 'target'>
  /** Several for a repository whose images are made from one context. */
  readonly images: readonly AppImage[]
}

export interface AppImage {
  readonly dockerfile: string
  /** What the plan does. */
  readonly plan: {
    readonly outcome: 'hardened' | 'decisions' | 'nothing' | 'refused'
    readonly contains: readonly string[]
    readonly lacks: readonly string[]
  }
  /** How to see that the application works. */
  readonly checks: readonly Check[]
  /** The same of the file as written, where the plan moves a port. */
  readonly checksAsWritten?: readonly Check[]
  readonly run: {
    /** Words after the image's name. */
    readonly args?: readonly string[]
    /** What people would give beside the recommended flags: a password, a mounted folder. */
    readonly flags?: readonly string[]
    /** Somebody whom the platform chooses: a random uid of OpenShift. */
    readonly as?: string
  }
  /** Why it is analysed and not run, where that is so. */
  readonly analysedOnly?: string
}

/** `says` is in what the application answers, logs or leaves behind. */
export type Check = { readonly says: string } & (
  | { readonly get: string; readonly post?: string }
  | { readonly port: number; readonly send: string }
  | { readonly fastcgi: number; readonly script: string }
  | { readonly exec: readonly string[] }
  | { readonly ends: true }
  | { readonly logs: true }
)

const root = join(import.meta.dirname, 'apps')

interface AppFile extends Partial<Omit<AppImage, 'dockerfile'>> {
  readonly family: string
  readonly options?: App['options']
  /** By the Dockerfile's name, where there are several. */
  readonly images?: Readonly<Record<string, Omit<AppImage, 'dockerfile'>>>
}

export function allApps(): readonly App[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const folder = join(root, name)
      const {
        family,
        options = {},
        images,
        ...own
      }: AppFile = JSON.parse(readFileSync(join(folder, 'app.json'), 'utf8'))
      const files = images ?? { Dockerfile: own as Omit<AppImage, 'dockerfile'> }
      return {
        name,
        folder,
        family,
        options,
        images: Object.entries(files).map(([dockerfile, image]) => ({
          ...image,
          dockerfile,
          checks: image.checks ?? [],
          run: image.run ?? {},
        })),
      }
    })
}
