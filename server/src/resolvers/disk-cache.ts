import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'

/** Facts by digest. What a digest stands for never changes, so nothing here gets old. */
export interface DiskCache {
  read(key: string): Promise<unknown>
  write(key: string, value: unknown): Promise<void>
}

const maxFiles = 500
const maxBytes = 4 << 20

/**
 * A folder of small JSON files. It may be read-only, full, deleted or damaged at any time: then it is as if it were empty.
 * @param version of what is stored; other versions are not read
 */
export function diskCache(folder: string | undefined, version: number): DiskCache {
  if (folder === undefined) return { read: async () => undefined, write: async () => {} }
  const fileOf = (key: string) =>
    path.join(folder, `${createHash('sha256').update(`${version}\n${key}`).digest('hex')}.json`)
  let written = 0
  return {
    async read(key) {
      try {
        const file = fileOf(key)
        if ((await stat(file)).size > maxBytes) return undefined
        const entry: unknown = JSON.parse(await readFile(file, 'utf8'))
        const fits = typeof entry === 'object' && entry !== null && 'key' in entry && entry.key === key
        return fits && 'value' in entry ? entry.value : undefined
      } catch {
        return undefined
      }
    },
    async write(key, value) {
      try {
        await mkdir(folder, { recursive: true })
        if (written++ % 50 === 0) await makeRoom(folder)
        const file = fileOf(key)
        // Renaming is atomic: nobody ever reads half a file.
        const temporary = `${file}.${randomBytes(6).toString('hex')}`
        await writeFile(temporary, JSON.stringify({ key, value }))
        await rename(temporary, file)
      } catch {
        // Asked again next time.
      }
    },
  }
}

/** Removes the oldest half where there are too many. */
async function makeRoom(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => /^[0-9a-f]{64}\.json/.test(name))
  if (names.length <= maxFiles) return
  const files = await Promise.all(
    names.map(async (name) => {
      const file = path.join(folder, name)
      return { file, time: (await stat(file).catch(() => undefined))?.mtimeMs ?? 0 }
    }),
  )
  files.sort((a, b) => a.time - b.time)
  for (const { file } of files.slice(0, names.length - maxFiles / 2)) await rm(file, { force: true })
}
