import type { TarMember } from '../archives/index.ts'
import { type FoundFiles, type FoundProgram, programPlaces } from './image-files.ts'

/** What the layers of an image say of the few files that tell about accounts and tools (OCI image-spec, layer.md). */

/** What one layer has of them. Plain JSON: it is kept by the layer's digest. */
export interface LayerFiles {
  /** By path, without a slash in front. */
  readonly files: Readonly<Record<string, LayerFile>>
  /** Paths that this layer takes away from those below it, with all that lies in them. */
  readonly gone: readonly string[]
}
interface LayerFile {
  readonly kind: 'file' | 'link' | 'other'
  readonly target: string
  /** Text, as far as it is wanted; undefined where the file is larger than what is read. */
  readonly text?: string
}

const passwd = 'etc/passwd'
const group = 'etc/group'
const release = 'etc/os-release'
const vendorRelease = 'usr/lib/os-release'
const whiteout = '.wh.'
const opaque = '.wh..wh..opq'
const textLimit = 1 << 20
/** A script's first line tells whose it is. */
const headLimit = 128

/** Where a program lies in the archive: /bin and /sbin are links into /usr in most systems, sbin one to bin in some. */
const archivePlaces = new Map(
  Object.entries(programPlaces).map(([name, places]) => [
    name,
    [...new Set(places.flatMap(placesInArchive))] as const,
  ]),
)
const wanted: ReadonlySet<string> = new Set([
  ...[passwd, group, release, vendorRelease],
  ...[...archivePlaces.values()].flat(),
])
const folders: ReadonlySet<string> = new Set([...wanted].flatMap(ancestors))

function placesInArchive(place: string): string[] {
  const path = place.slice(1)
  const inUsr = /^s?bin\//.test(path) ? [`usr/${path}`] : []
  return [path, ...inUsr, ...[path, ...inUsr].map((one) => one.replace(/(^|\/)sbin\//, '$1bin/'))]
}

function ancestors(path: string): string[] {
  const parts = path.split('/')
  return parts.map((_, index) => parts.slice(0, index).join('/')).slice(1)
}

/** Members of a layer that are needed for `readLayer`. */
export function isTelling(path: string): boolean {
  const place = clean(path)
  return wanted.has(place) || folders.has(place) || nameOf(place).startsWith(whiteout)
}

/** How much of a member's content is needed. */
export function tellingBytes(path: string): number {
  const place = clean(path)
  if ([passwd, group, release, vendorRelease].includes(place)) return textLimit
  return wanted.has(place) ? headLimit : 0
}

/** @returns undefined where the layer does something to folders that is not followed here */
export function readLayer(members: readonly TarMember[]): LayerFiles | undefined {
  const files: Record<string, LayerFile> = {}
  const gone: string[] = []
  for (const member of members) {
    const place = clean(member.path)
    const name = nameOf(place)
    const folder = place.slice(0, Math.max(0, place.length - name.length - 1))
    if (name === opaque) gone.push(folder)
    else if (name.startsWith(whiteout)) {
      const hidden = [folder, name.slice(whiteout.length)].filter(Boolean).join('/')
      if (wanted.has(hidden) || folders.has(hidden)) gone.push(hidden)
    } else if (member.kind === 'directory') {
      // A folder in the place of a file.
      if (wanted.has(place)) files[place] = { kind: 'other', target: '' }
    } else if (folders.has(place)) {
      // Accounts behind a link would have to be looked for elsewhere.
      if (place === 'etc') return undefined
      gone.push(place)
    } else if (wanted.has(place)) files[place] = layerFile(member)
  }
  return { files, gone: gone.filter((path) => path === '' || folders.has(path) || wanted.has(path)) }
}

function layerFile({ kind, target = '', content, size }: TarMember): LayerFile {
  if (kind !== 'file') return { kind: kind === 'link' || kind === 'hardlink' ? 'link' : 'other', target }
  const whole = content !== undefined && size <= textLimit
  return { kind: 'file', target, ...(whole ? { text: content.toString('utf8') } : {}) }
}

/** Asks layers from the top down, until the files are found. */
export interface LayerSearch {
  /** Accounts and system are known: the layers further down need not be read. */
  isDone(): boolean
  add(layer: LayerFiles): void
  /** @param complete all layers were added: what was in none of them is not there */
  result(complete: boolean): FoundFiles | undefined
}

export function searchLayers(): LayerSearch {
  const found = new Map<string, LayerFile | 'missing'>()
  const textOf = (path: string, complete: boolean): string | 'missing' | undefined => {
    const file = found.get(path) ?? (complete ? 'missing' : undefined)
    return file === undefined || file === 'missing' ? file : file.kind === 'file' ? file.text : undefined
  }
  const releaseKnown = () => {
    const own = found.get(release)
    return own !== undefined && ((own !== 'missing' && own.kind === 'file') || found.has(vendorRelease))
  }
  return {
    isDone: () => found.has(passwd) && found.has(group) && releaseKnown(),
    add({ files, gone }) {
      for (const path of wanted) {
        if (found.has(path)) continue
        const file = Object.hasOwn(files, path) ? files[path] : undefined
        if (file) found.set(path, file)
        else if (gone.some((hidden) => isWithin(path, hidden))) found.set(path, 'missing')
      }
    },
    result(complete) {
      const accounts = [textOf(passwd, complete), textOf(group, complete)] as const
      if (accounts[0] === undefined || accounts[1] === undefined) return undefined
      const texts = [release, vendorRelease].map((path) => textOf(path, complete))
      return {
        passwd: accounts[0],
        group: accounts[1],
        release: texts.find((text) => text !== undefined && text !== 'missing') ?? '',
        programs: new Map(
          [...archivePlaces].map(([name, places]) => [name, programAt(places, found, complete)] as const),
        ),
      }
    },
  }
}

function programAt(
  places: readonly string[],
  found: ReadonlyMap<string, LayerFile | 'missing'>,
  complete: boolean,
): FoundProgram {
  const answers = places.map((place) => found.get(place) ?? (complete ? 'missing' : 'unknown'))
  const file = answers.find((answer) => typeof answer === 'object')
  if (file) return { kind: file.kind, target: file.target, content: Buffer.from(file.text ?? '') }
  return answers.includes('unknown') ? 'unknown' : 'missing'
}

function isWithin(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`)
}

/** `./etc//passwd` → `etc/passwd` */
function clean(path: string): string {
  return path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
