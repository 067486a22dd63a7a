import type { ProcessStatus } from './process-status.ts'
import { readProcessStatus } from './process-status.ts'

/** What a program inside of the container found at a path. */
export interface SeenPath {
  readonly kind: 'directory' | 'file' | 'missing'
  readonly writable: boolean
}

/** What was seen from inside of a container. */
export interface Seen {
  readonly status: ProcessStatus
  readonly paths: ReadonlyMap<string, SeenPath>
}

/** A program that images have, with what it is to run. The paths are its further arguments. */
export interface Prober {
  readonly program: string
  readonly args: readonly string[]
}

/**
 * Tries instead of asking: `test -w` reckons with modes only, which is wrong on read-only mounts. A folder is written by
 * making a file in it, a file by opening it to append; for a path that is not there, its nearest folder is tried.
 */
const shellScript = `
while IFS= read -r line; do printf 'status %s\\n' "$line"; done < /proc/1/status
number=0
for path do
  at=$path
  while [ ! -e "$at" ] && [ "$at" != / ]; do at=\${at%/*}; at=\${at:-/}; done
  may=no
  if [ -d "$at" ]; then
    kind=directory
    file="\${at%/}/.unroot-verify-$$"
    if ( : > "$file" ) 2>/dev/null; then may=yes; rm -f "$file" 2>/dev/null; fi
  else
    kind=file
    if ( : >> "$at" ) 2>/dev/null; then may=yes; fi
  fi
  [ "$at" = "$path" ] || { [ "$kind" = directory ] || may=no; kind=missing; }
  echo "path $number $kind $may"
  number=$((number + 1))
done
echo end`

const pythonScript = `
import os, sys
for line in open('/proc/1/status'):
    print('status', line.rstrip('\\n'))
for number, path in enumerate(sys.argv[1:]):
    at = path
    while not os.path.exists(at) and at != '/':
        at = os.path.dirname(at)
    kind = 'directory' if os.path.isdir(at) else 'file'
    may = 'no'
    try:
        if kind == 'directory':
            file = os.path.join(at, '.unroot-verify-%d' % os.getpid())
            open(file, 'w').close()
            may = 'yes'
            os.remove(file)
        else:
            open(at, 'a').close()
            may = 'yes'
    except OSError:
        pass
    if at != path:
        may = may if kind == 'directory' else 'no'
        kind = 'missing'
    print('path', number, kind, may)
print('end')`

const nodeScript = `
const fs = require('fs'), { dirname, join } = require('path')
for (const line of fs.readFileSync('/proc/1/status', 'utf8').split('\\n')) console.log('status ' + line)
process.argv.slice(1).forEach((path, number) => {
  let at = path
  while (!fs.existsSync(at) && at !== '/') at = dirname(at)
  let kind = fs.statSync(at).isDirectory() ? 'directory' : 'file', may = 'no'
  try {
    if (kind === 'directory') {
      const file = join(at, '.unroot-verify-' + process.pid)
      fs.closeSync(fs.openSync(file, 'w'))
      may = 'yes'
      fs.unlinkSync(file)
    } else {
      fs.closeSync(fs.openSync(at, 'a'))
      may = 'yes'
    }
  } catch {}
  if (at !== path) {
    if (kind !== 'directory') may = 'no'
    kind = 'missing'
  }
  console.log('path', number, kind, may)
})
console.log('end')`

/** In the order in which they are tried. Images without a shell may still have an interpreter. */
export const probers: readonly Prober[] = [
  { program: '/bin/sh', args: ['-c', shellScript, 'sh'] },
  // Distroless images with the tag debug.
  { program: '/busybox/sh', args: ['-c', shellScript, 'sh'] },
  { program: 'python3', args: ['-c', pythonScript] },
  { program: 'node', args: ['-e', nodeScript, '--'] },
  { program: '/nodejs/bin/node', args: ['-e', nodeScript, '--'] },
]

/** Reads what a prober printed; undefined where it did not come to its end. */
export function readProbe(output: string, paths: readonly string[]): Seen | undefined {
  const lines = output.split(/\r?\n/)
  if (!lines.includes('end')) return undefined
  const status = readProcessStatus(
    lines
      .filter((line) => line.startsWith('status '))
      .map((line) => line.slice('status '.length))
      .join('\n'),
  )
  if (!status) return undefined
  const found = new Map<string, SeenPath>()
  for (const line of lines) {
    const [, number, kind, may] = /^path (\d+) (directory|file|missing) (yes|no)$/.exec(line) ?? []
    const path = paths[Number(number)]
    if (number !== undefined && path !== undefined)
      found.set(path, { kind: kind as SeenPath['kind'], writable: may === 'yes' })
  }
  return { status, paths: found }
}
