/** Ends of names that begin like a Dockerfile's but are templates, backups, programs or documents. */
const otherKinds = new Set(
  [
    'dockerignore md txt rst html json jsonc yaml yml toml xml ini lock',
    'ts js mjs cjs tsx jsx py rb go rs java kt cs php pl sh bash ps1 lua',
    'template tmpl tpl gotmpl j2 jinja jinja2 erb mustache hbs in m4',
    'orig bak backup old rej swp swo tmp patch diff sum sig asc gz zip tar',
  ]
    .join(' ')
    .split(' '),
)

/** `Dockerfile`, `Dockerfile.dev`, `api.dockerfile`, `Containerfile`, in any case. */
export function isDockerfileName(name: string): boolean {
  const lower = name.toLowerCase()
  if (/^(docker|container)file$/.test(lower)) return true
  if (/.\.(docker|container)file$/.test(lower)) return true
  const suffix = /^(?:docker|container)file\.(?:.*\.)?([^.]+)$/.exec(lower)?.[1]
  return suffix !== undefined && !suffix.endsWith('~') && !otherKinds.has(suffix)
}
