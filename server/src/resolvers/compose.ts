import { parseDocument } from 'yaml'
import { isJsonObject } from './image-config.ts'
import type { BuildDeclaration } from './workspace-builds.ts'

/**
 * The images that a Compose file builds (compose-spec, build.md). Undefined where it is no Compose file.
 * @param env for `${NAME}`; names that are not in it are empty, as for Compose
 */
export function readCompose(text: string, env: ReadonlyMap<string, string>): BuildDeclaration[] | undefined {
  const document = parseDocument(text, { merge: true, logLevel: 'silent', uniqueKeys: false })
  if (document.errors.length > 0) return undefined
  let file: unknown
  try {
    // Aliases may grow without end ("billion laughs").
    file = document.toJS({ maxAliasCount: 200 })
  } catch {
    return undefined
  }
  if (!isJsonObject(file) || !isJsonObject(file.services)) return undefined
  const expand = (value: unknown) => (typeof value === 'string' ? interpolate(value, env) : undefined)
  return Object.entries(file.services).flatMap(([name, service]): BuildDeclaration[] => {
    if (!isJsonObject(service)) return []
    const build = typeof service.build === 'string' ? { context: service.build } : service.build
    if (!isJsonObject(build)) return []
    const image = expand(service.image)
    const tags = Array.isArray(build.tags) ? build.tags.flatMap((tag) => expand(tag) ?? []) : []
    return [
      {
        name,
        references: [...new Set([...(image ? [image] : []), ...tags])],
        context: expand(build.context) ?? '.',
        dockerfile: expand(build.dockerfile),
        target: expand(build.target),
        args: pairs(build.args, expand),
        contexts: pairs(build.additional_contexts, expand),
      },
    ]
  })
}

/** Both forms of Compose: `{ A: 1 }` and `["A=1"]`. */
function pairs(value: unknown, expand: (value: unknown) => string | undefined): Record<string, string> {
  const entries = Array.isArray(value)
    ? value.flatMap((entry) => {
        const text = expand(entry) ?? ''
        const at = text.indexOf('=')
        return at <= 0 ? [] : [[text.slice(0, at), text.slice(at + 1)] as const]
      })
    : Object.entries(isJsonObject(value) ? value : {}).flatMap(([key, entry]) => {
        const plain = typeof entry === 'number' || typeof entry === 'boolean' ? String(entry) : expand(entry)
        return plain === undefined ? [] : [[key, plain] as const]
      })
  return Object.fromEntries(entries)
}

/** compose-spec, interpolation: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:?…}`, `${NAME:+…}`, `$$`. */
function interpolate(text: string, env: ReadonlyMap<string, string>): string {
  return text.replace(
    /\$(?:\$|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-?+])([^}]*))?\})/g,
    (all, bare?: string, braced?: string, operator?: string, word = '') => {
      if (all === '$$') return '$'
      const value = env.get(bare ?? braced ?? '')
      const there = value !== undefined && !(operator?.startsWith(':') && value === '')
      if (operator?.endsWith('-')) return there ? value : word
      if (operator?.endsWith('+')) return there ? word : ''
      return value ?? ''
    },
  )
}
