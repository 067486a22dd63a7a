import type { NewUser } from '../rules/types.ts'
import type { UnrootConfig } from './types.ts'

/** What holds where nobody says otherwise. */
export const defaultConfig: Required<Omit<UnrootConfig, 'newUser' | 'resolve'>> & {
  readonly newUser: NewUser
  readonly resolve: { readonly engine: boolean; readonly registry: boolean }
} = {
  profile: 'docker',
  builder: 'buildkit',
  rules: {},
  failOn: 'warning',
  baseImages: {},
  // Above every range that systems hand out by themselves, so that it is free in any base.
  newUser: { name: 'app', uid: 10001, gid: 10001 },
  targets: {},
  ignore: [],
  buildArgs: {},
  // Engines are asked in trusted workspaces only, whatever is written here.
  resolve: { engine: true, registry: false },
}

/** The configuration with defaults in the gaps. */
export function withDefaults(config: UnrootConfig): typeof defaultConfig {
  return {
    ...defaultConfig,
    ...config,
    newUser: { ...defaultConfig.newUser, ...config.newUser },
    resolve: { ...defaultConfig.resolve, ...config.resolve },
  }
}
