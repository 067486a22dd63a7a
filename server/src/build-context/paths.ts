/** `./a//b/../c` → `a/c`; undefined where it leaves the folder. `''` is the folder itself. */
export function insideContext(path: string): string | undefined {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined) return undefined
  }
  return parts.join('/')
}

/** Larger files are not read: start scripts and configuration are small. */
export const readLimit = 256 * 1024
