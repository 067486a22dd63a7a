import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { SourceFile } from './source-file.ts'

/** Replaces a file at once, never by halves; mode and owner stay, and a link keeps pointing to it. */
export function writeSourceFile(path: string, text: string, { byteOrderMark }: SourceFile): void {
  const target = realpathSync(path)
  const { mode, uid, gid } = statSync(target)
  const draft = join(dirname(target), `.${basename(target)}.unroot-${process.pid}`)
  const handle = openSync(draft, 'wx', 0o600)
  try {
    writeFileSync(handle, byteOrderMark ? `\uFEFF${text}` : text)
    fsyncSync(handle)
    closeSync(handle)
    keepOwner(draft, uid, gid)
    chmodSync(draft, mode & 0o7777)
    renameSync(draft, target)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}

/** Only root may give a file away; anybody else owns what they write. */
function keepOwner(path: string, uid: number, gid: number): void {
  try {
    chownSync(path, uid, gid)
  } catch {}
}
