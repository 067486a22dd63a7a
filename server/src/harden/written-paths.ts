import { absolute, find, isWithin, lineOf, nameOf, nodeAt, stepsOf } from '../image/index.ts'
import type { FileNode, ImageState, StageTimeline } from '../image/types.ts'
import { knownValue } from '../known.ts'
import { type Message, text } from '../l10n/index.ts'
import type { WrittenPlace } from './families/index.ts'
import { fromOptions } from './option-writes.ts'
import { serverConfiguration, setsProcessId } from './server-configuration.ts'
import { sourceWrites } from './source-writes.ts'
import type { Subject } from './subject.ts'
import { supervisorOf } from './supervisor.ts'
import { familiar, workloadOf } from './workload.ts'

/** A place that the workload writes at run time. */
export interface WrittenPath {
  readonly path: string
  readonly kind: 'directory' | 'file'
  /** Why it is taken to be written, to be read after the path: `VOLUME in line 7`. */
  readonly why: Message
  /** A tmpfs is enough for it. */
  readonly temporary: boolean
  /** What is in the folder is changed too, as far as anybody knows. */
  readonly tree?: boolean
  /** Something of root's is in it, although the file does not show it. */
  readonly filled?: boolean
  /** The code of the application lies there too. */
  readonly code?: boolean
  readonly from: 'volume' | 'environment' | 'mkdir' | 'folder' | 'source' | 'family' | 'option'
}

const known = new WeakMap<Subject['analysis'], readonly WrittenPath[]>()

/** What the workload writes, each path once; folders that hold another of the list stand for themselves. */
export function writtenPaths(subject: Subject): readonly WrittenPath[] {
  const before = known.get(subject.analysis)
  if (before) return before
  const all = [
    ...fromFamilies(subject),
    ...serverConfiguration(subject),
    ...(supervisorOf(subject)?.writes ?? []),
    ...volumes(subject),
    ...fromOptions(subject),
    ...fromEnvironment(subject),
    ...madeEmpty(subject),
    ...touched(subject),
    ...namedFolders(subject),
    ...sourceWrites(subject),
  ]
  const unique = all.filter(
    ({ path }, index) => !neverGiven.test(path) && all.findIndex((other) => other.path === path) === index,
  )
  known.set(subject.analysis, unique)
  return unique
}

/** The system's own, and what is open to everybody anyway. */
const neverGiven =
  /^\/(?:|bin|boot|dev|etc|home|lib\d*|proc|root|run|sbin|sys|tmp|usr|usr\/(?:bin|lib|sbin|share|local)|usr\/local\/(?:bin|lib)|var|var\/(?:lib|log|cache|tmp|run|spool|www))$|^\/(?:dev|proc|sys|tmp|var\/tmp)\//

/** VOLUMEs of this file, and those of the base whose folder is root's. Configuration is mounted to be read. */
function volumes({ stage, dockerfile }: Subject): readonly WrittenPath[] {
  return [...stage.final.volumes].flatMap(({ path, origin }): WrittenPath[] => {
    if (!path.startsWith('/') || /^\/etc(?:\/|$)/.test(path)) return []
    const place = path.replace(/(.)\/+$/, '$1')
    if (origin.kind !== 'instruction') {
      const { owner } = nodeAt(stage.final.files, place)
      if (knownValue(owner) !== 0 || owner.certainty === 'possible') return []
    }
    return [
      {
        path: place,
        kind: 'directory',
        why:
          origin.kind === 'instruction'
            ? text`VOLUME in line ${lineOf(dockerfile, origin.range.start)}`
            : text`VOLUME of ${stage.base?.reference ?? text`the base`}`,
        temporary: false,
        from: 'volume',
      },
    ]
  })
}

const named =
  /(?:^|_)(?:DATA|LOGS?|CACHE|TMP|TEMP|UPLOADS?|STORAGE|STATE|MEDIA|OUTPUT|DOWNLOADS?|DB|DATABASE|SQLITE|SESSIONS?|SPOOL|WORK|PID)_?(?:DIR|DIRECTORY|PATH|HOME|FOLDER|ROOT|LOCATION|FILE)S?$/
const homes =
  /^(?:HF_HOME|HF_DATASETS_CACHE|HUGGINGFACE_HUB_CACHE|TRANSFORMERS_CACHE|SENTENCE_TRANSFORMERS_HOME|TORCH_HOME|XDG_(?:CACHE|CONFIG|DATA|STATE)_HOME|MPLCONFIGDIR|NUMBA_CACHE_DIR|PROMETHEUS_MULTIPROC_DIR|prometheus_multiproc_dir|LOG_?DIR|DATA_?DIR|WHISPER_CACHE|OLLAMA_MODELS|MLFLOW_HOME|AIRFLOW_HOME|DOTNET_CLI_HOME)$/
/** Of tools that run while the image is built. */
const ofBuild =
  /^(?:PIP|UV|POETRY|YARN|NPM|npm|PNPM|BUN|GRADLE|MAVEN|CARGO|GO|CCACHE|APT|COMPOSER|NUGET|BUNDLE|CONDA|MAMBA|PLAYWRIGHT|CYPRESS|PUPPETEER)_/

function fromEnvironment({ stage, dockerfile }: Subject): readonly WrittenPath[] {
  const found: WrittenPath[] = []
  for (const [name, value] of stage.final.env) {
    const written = knownValue(value)
    const origin = value.because.find(({ kind }) => kind === 'instruction')
    if (written === undefined || origin?.kind !== 'instruction') continue
    const why = text`ENV ${name} in line ${lineOf(dockerfile, origin.range.start)}`
    const sqlite = /^sqlite(?:\+\w+)?:\/\/\/?(.+)$/i.exec(written)
    if (sqlite?.[1]) {
      const place = absolute(sqlite[1].replace(/[?#].*$/, ''), knownValue(stage.final.workdir) ?? '/')
      found.push({ path: folderOf(place), kind: 'directory', why, temporary: false, from: 'environment' })
      continue
    }
    if (!/^\/[\w./@-]+$/.test(written) || ofBuild.test(name)) continue
    if (!named.test(name) && !homes.test(name)) continue
    const path = absolute(written)
    const temporary = /CACHE|TMP|TEMP|PID/.test(name)
    const node = nodeAt(stage.final.files, path)
    const file = node.kind === 'file' || (/FILE|PATH$/.test(name) && /\.\w{1,8}$/.test(path))
    if (!file) found.push({ path, kind: 'directory', why, temporary, from: 'environment' })
    else if (neverGiven.test(folderOf(path)))
      found.push({ path, kind: 'file', why, temporary, from: 'environment' })
    else found.push({ path: folderOf(path), kind: 'directory', why, temporary, from: 'environment' })
  }
  return found
}

const dataNames =
  /^(?:\.?cache|caches|data|database|databases|db|downloads?|files?|instance|log|logs|media|output|outputs|results|run|sessions?|sqlite|state|storage|store|temp|tmp|uploads?|userdata|workspace|backups?|var|reports?|profiles?|artifacts?|models?|config|pids?|sockets?)$/i

/** Folders that a RUN makes and nothing fills: made to be written to. */
function madeEmpty({ stage, dockerfile }: Subject): readonly WrittenPath[] {
  const workdir = knownValue(stage.final.workdir)
  return stepsOf(stage).flatMap(({ instruction, commands }) =>
    commands.flatMap(({ name, writes, argv }) => {
      if (name !== 'mkdir' && !(name === 'install' && argv.some(({ text }) => text === '-d'))) return []
      return writes.flatMap((path): WrittenPath[] => {
        const node = nodeAt(stage.final.files, path)
        if (node.kind !== 'directory' || path === workdir || systemPlaces.test(path)) return []
        const leaf = nameOf(path)
        const ownName =
          dataNames.test(leaf) || /^\/(?:data|var\/(?:lib|log|cache|run|spool)|run)\//.test(path)
        if (!ownName && (ofCode.test(leaf) || !isEmpty(node) || isFilledByName(stage, path))) return []
        if (!ownName && workdir !== undefined && workdir !== '/' && isWithin(workdir, path)) return []
        if (holdsOnlyFolders(node)) return []
        return [
          {
            path,
            kind: 'directory',
            why: text`made by mkdir in line ${lineOf(dockerfile, instruction.range.start)}`,
            temporary:
              /^\/(?:run|var\/(?:cache|log))\//.test(path) ||
              /^(?:\.?cache|caches|tmp|temp|run|pids?|sockets?|log|logs)$/i.test(leaf),
            from: 'mkdir',
          },
        ]
      })
    }),
  )
}
/** Where package managers put what the code needs. */
const ofCode = /^(?:node_modules|vendor|site-packages|\.?venv)$/
const systemPlaces = /^\/(?:etc|usr|bin|sbin|lib|boot|root|opt\/[^/]+\/(?:bin|lib))(?:\/|$)/

function isEmpty(node: FileNode): boolean {
  return node.unlisted === 'none' && [...node.children.values()].every(({ kind }) => kind === 'missing')
}
/** A command puts something there that nobody knows: `cp -r "$from" /schemas`. */
function isFilledByName(stage: StageTimeline, path: string): boolean {
  return stepsOf(stage).some(({ commands }) =>
    commands.some(
      ({ name, argv }) =>
        (name === 'cp' || name === 'mv') &&
        argv.at(-1)?.text !== undefined &&
        isWithin(argv.at(-1)?.text ?? '', path),
    ),
  )
}
function holdsOnlyFolders(node: FileNode): boolean {
  const children = [...node.children.values()].filter(({ kind }) => kind !== 'missing')
  return children.length > 0 && children.every(({ kind }) => kind === 'directory')
}

/** Files that a RUN makes empty to be written later: `touch /var/lib/app/state.json`. */
function touched({ stage, dockerfile }: Subject): readonly WrittenPath[] {
  return stepsOf(stage).flatMap(({ instruction, commands }) =>
    commands.flatMap(({ name, writes }) =>
      name !== 'touch'
        ? []
        : writes.flatMap((path): WrittenPath[] => {
            const { kind, exists, because } = nodeAt(stage.final.files, path)
            const last = because.at(-1)
            if (kind !== 'file' || exists === 'possible' || notForWriting.test(path)) return []
            if (
              last?.kind !== 'instruction' ||
              last.range.start < instruction.range.start ||
              last.range.end > instruction.range.end
            )
              return []
            return [
              {
                path,
                kind: 'file',
                why: text`made by touch in line ${lineOf(dockerfile, instruction.range.start)}`,
                temporary: /\.(?:pid|log|lock)$/.test(path),
                from: 'mkdir',
              },
            ]
          }),
    ),
  )
}
const notForWriting =
  /^\/(?:usr|bin|sbin|lib|boot|root|tmp|etc\/(?:apt|apk|passwd|group|shadow|default|profile|ld|sudoers|pam|ssl|bash|environment|localtime|timezone))|__init__|\.(?:py|js|ts|sh|conf|cfg|ini|toml|keep|gitkeep|dockerenv)$/

const folderNames = /^(?:uploads?|media|logs?|tmp|storage|\.?cache|instance|sessions?|downloads?|backups?)$/i

/** Folders of the working directory whose name says what they are for, and those kept in the repository empty. */
function namedFolders({ stage }: Subject): readonly WrittenPath[] {
  const workdir = knownValue(stage.final.workdir)
  if (workdir === undefined || workdir === '/') return []
  const folder = nodeAt(stage.final.files, workdir)
  const found: WrittenPath[] = []
  for (const [name, node] of folder.children) {
    const path = `${workdir}/${name}`
    if (node.kind === 'directory' && node.exists !== 'possible') {
      if (folderNames.test(name) || (dataNames.test(name) && isKeptEmpty(node)))
        found.push({
          path,
          kind: 'directory',
          why: text`a folder of the application by that name`,
          temporary: /^(?:\.?cache|tmp|log|logs)$/i.test(name),
          from: 'folder',
        })
    } else if (node.kind === 'file' && /\.(?:sqlite3?|db)$/i.test(name)) {
      // SQLite writes a journal beside the file.
      found.push({
        path: workdir,
        kind: 'directory',
        why: text`SQLite keeps a journal beside ${name}`,
        temporary: false,
        from: 'folder',
      })
      found.push({ path, kind: 'file', why: text`an SQLite database`, temporary: false, from: 'folder' })
    }
  }
  return found
}
function isKeptEmpty(node: FileNode): boolean {
  return (
    node.unlisted === 'none' &&
    [...node.children].every(
      ([name, { kind }]) => kind === 'missing' || /^\.(?:git)?(?:keep|ignore)$/.test(name),
    )
  )
}

function fromFamilies(subject: Subject): readonly WrittenPath[] {
  const { stage } = subject
  const reference = familiar(subject.baseReference ?? '')
  return workloadOf(subject).families.flatMap((family) =>
    (family.writes ?? []).flatMap((place): WrittenPath[] => {
      if (place.images && !place.images.test(reference)) return []
      if (place.packages && !installs(stage.final, place.packages)) return []
      if (place.file && !place.file.test(subject.analysis.text)) return []
      const path = placeIn(stage.final, place)
      if (path === undefined) return []
      if (path === '/run/nginx.pid' && setsProcessId(subject)) return []
      if (/^\/var\/log\//.test(path) && leadsElsewhere(nodeAt(stage.final.files, path))) return []
      return [
        {
          path,
          kind: place.kind,
          why: text`${family.name} keeps ${place.what} there`,
          temporary: place.temporary === true,
          tree: place.tree === true,
          filled: place.filled === true,
          code: place.code === true,
          from: 'family',
        },
      ]
    }),
  )
}

/** Logs that are links, to the output of the container as a rule. */
function leadsElsewhere({ kind, children }: FileNode): boolean {
  const there = [...children.values()].filter((child) => child.kind !== 'missing')
  return kind !== 'missing' && there.length > 0 && there.every((child) => child.kind === 'link')
}

function installs({ programs }: ImageState, packages: RegExp): boolean {
  return programs?.packages.some((name) => packages.test(name)) === true
}

function placeIn(state: ImageState, { path, where, needs }: WrittenPlace): string | undefined {
  const workdir = knownValue(state.workdir)
  if (!path.startsWith('/') && (workdir === undefined || workdir === '/')) return undefined
  const written = absolute(path, workdir ?? '/')
  const found = find(state.files, written)
  const there = (node: FileNode) => node.kind !== 'missing' && node.exists !== 'possible'
  if (needs !== undefined && !there(nodeAt(state.files, needs))) return undefined
  if (where === 'there' && !there(found.node)) return undefined
  if (where === 'folder-there' && !there(nodeAt(state.files, folderOf(written)))) return undefined
  return found.path
}

export function folderOf(path: string): string {
  const cut = path.lastIndexOf('/')
  return cut <= 0 ? '/' : path.slice(0, cut)
}
