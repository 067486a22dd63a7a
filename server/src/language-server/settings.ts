import type { UnrootConfig } from '../config/index.ts'
import { parseConfig } from '../config/index.ts'

/** Section `unroot` of the editor's settings. */
export interface Settings {
  readonly enable: boolean
  readonly dockerfileFeatures: 'auto' | 'on' | 'off'
  readonly codeLens: boolean
  readonly inlayHints: boolean
  /** The keys that the configuration file has too. */
  readonly config: UnrootConfig
}

export const defaultSettings: Settings = {
  enable: true,
  dockerfileFeatures: 'auto',
  codeLens: false,
  inlayHints: false,
  config: {},
}

const configKeys = ['profile', 'builder', 'rules', 'newUser', 'buildArgs', 'resolve'] as const

/** Reads what the client sent. Settings are written by people: what does not fit is as if it were not there. */
export function readSettings(value: unknown): Settings {
  if (typeof value !== 'object' || value === null) return defaultSettings
  const section = value as Readonly<Record<string, unknown>>
  const flag = (key: 'enable' | 'codeLens' | 'inlayHints') => {
    const found = section[key]
    return typeof found === 'boolean' ? found : defaultSettings[key]
  }
  const features = section.dockerfileFeatures
  const shared = Object.fromEntries(
    configKeys.map((key) => [key, section[key]] as const).filter(([, setting]) => setting != null),
  )
  return {
    enable: flag('enable'),
    codeLens: flag('codeLens'),
    inlayHints: flag('inlayHints'),
    dockerfileFeatures: features === 'on' || features === 'off' ? features : 'auto',
    config: parseConfig(JSON.stringify(shared), 'settings').config,
  }
}
