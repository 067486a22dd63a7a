import type { BaseImageFacts } from '../base-images/types.ts'
import type { Variable } from '../dockerfile/types.ts'
import type { ImageState } from './types.ts'

/** Variables that images set of their own accord: unset in the file does not mean unset in the image. */
const setByImages = new Set(
  'PATH USER LOGNAME SHELL LANG LC_ALL TERM TMPDIR JAVA_HOME JAVA_VERSION GOPATH GOROOT GOLANG_VERSION NODE_VERSION YARN_VERSION PYTHON_VERSION VIRTUAL_ENV CARGO_HOME RUSTUP_HOME GEM_HOME BUNDLE_PATH BUNDLE_APP_CONFIG RUBY_VERSION PHP_INI_DIR PHP_VERSION CATALINA_HOME APP_UID DOTNET_VERSION NGINX_VERSION PGDATA HTTPD_PREFIX CONDA_DIR NB_USER NB_UID NB_GID DEBIAN_FRONTEND'.split(
    ' ',
  ),
)

/** May the base set a variable that nobody sets in the file? */
export function baseMaySet(name: string, base: BaseImageFacts | undefined): boolean {
  if (base === undefined) return true
  if (base.env.has(name)) return false
  return whole.has(base.resolvedBy) ? false : setByImages.has(name) || !isPlain(base)
}

/** Whoever reads the image's config knows all of its variables. */
const whole: ReadonlySet<string> = new Set(['engine', 'registry', 'workspace', 'stage'])

/** The system's own images and those of the official library set few variables, under names that people know; others may set any. */
function isPlain({ reference, paths, os }: BaseImageFacts): boolean {
  return (
    os === 'scratch' ||
    paths.get('/')?.complete === true ||
    /^(docker\.io\/)?(library\/)?[^/]+$/.test(reference)
  )
}

/** What ENV and ARG of a stage say of a name: the later one wins (container-facts/user-arg-after-env-default, user-env-after-arg). */
export function stageVariable(state: ImageState, name: string, base: BaseImageFacts | undefined): Variable {
  const argument = state.args.get(name)
  if (argument && argument.kind !== 'unset') return argument
  const known = state.env.get(name)
  if (known) return known.certainty === 'unknown' ? { kind: 'unknown' } : { kind: 'set', value: known.value }
  if (argument) return argument
  return baseMaySet(name, base) ? { kind: 'unknown' } : { kind: 'unset' }
}
