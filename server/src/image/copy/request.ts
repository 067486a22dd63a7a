import type { CopyInstruction } from '../../dockerfile/types.ts'
import type { Known, Origin } from '../../known.ts'
import { certain, unknown } from '../../known.ts'
import { directory, nothingKnown } from '../files.ts'
import type { ResolvedOwner } from '../identity.ts'
import type { ArchiveEntry, BuildContext, Builder, FileNode, ImageState, Unlisted } from '../types.ts'

/** A COPY or ADD with its words expanded. */
export interface CopyRequest {
  readonly instruction: CopyInstruction
  readonly origin: Origin
  /** Expanded; undefined where unknown. */
  readonly sources: readonly (string | undefined)[]
  readonly destination: string | undefined
  readonly chown: ResolvedOwner | undefined
  readonly chmod: string | undefined
  /** `--exclude`, expanded; undefined where unknown. */
  readonly exclude: readonly (string | undefined)[]
  /** The stage copied from; 'image' for another image; undefined for the build context. */
  readonly from: ImageState | 'image' | undefined
  readonly heredocs: readonly { readonly name: string; readonly text: string | undefined }[]
  readonly context: BuildContext
  readonly workdir: string | undefined
  readonly builder: Builder
}

export type Source =
  /** A file or a folder: a folder's contents go into the target, a file goes there under its name. */
  | {
      readonly kind: 'entry'
      readonly name: string
      readonly node: FileNode
      /** Where it lies in the stage that it is taken from. */
      readonly path?: string
    }
  /** Entries that nobody names go into the target folder. */
  | { readonly kind: 'entries'; readonly unlisted: Unlisted; readonly known: ReadonlyMap<string, FileNode> }
  /** A tar archive that ADD unpacks; without entries where nobody could read it. */
  | { readonly kind: 'archive'; readonly entries: readonly ArchiveEntry[] | undefined }

export function unnamed(unlisted: Unlisted = nothingKnown): Source {
  return { kind: 'entries', unlisted, known: new Map() }
}

/** Files of the build context are root's; modes are those of the machine. */
export function ofContext(origin: Origin): Unlisted {
  return { owner: certain(0, [origin]), group: certain(0, [origin]), mode: unknown([origin]) }
}

export function unknownFolder(origin: Origin): FileNode {
  return directory({ ...ofContext(origin), because: [origin] }, ofContext(origin), 'likely')
}

/** `--unpack`; undefined: archives of the build context are unpacked, those from elsewhere are not. */
export function unpackFlag({ flags }: CopyInstruction): boolean | undefined {
  const flag = flags.find(({ name }) => name === 'unpack')
  return flag && (flag.value === undefined || flag.value.raw.toLowerCase() === 'true')
}

export interface Owners {
  readonly owner: Known<number>
  readonly group: Known<number>
}
