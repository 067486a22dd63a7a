import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** One file of a container, as `docker cp … -` sends it. */
export function tarOf(
  name: string,
  content: string,
  options: { type?: string; target?: string } = {},
): Buffer {
  const header = Buffer.alloc(512)
  header.write(name, 0)
  header.write('0000755\0', 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  header.write(`${Buffer.byteLength(content).toString(8).padStart(11, '0')}\0`, 124)
  header.write('00000000000\0', 136)
  header.write(options.type ?? '0', 156)
  header.write(options.target ?? '', 157)
  header.write('ustar\0', 257)
  header.write('        ', 148)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  const body = Buffer.alloc(Math.ceil(Buffer.byteLength(content) / 512) * 512)
  body.write(content)
  return Buffer.concat([header, body, Buffer.alloc(1024)])
}

export interface FakeEngine {
  readonly folder: string
  readonly program: string
  /** Command lines that it got, in order. */
  calls(): string[]
}

/**
 * A `docker` that is a shell script. `cases` are the arms of `case "$1" in`; files for `cp` lie in `$files`,
 * named by their path with `_` for `/`.
 */
export function fakeEngine(cases: string, files: Readonly<Record<string, Buffer>> = {}): FakeEngine {
  const folder = mkdtempSync(path.join(tmpdir(), 'unroot-engine-'))
  const filesFolder = path.join(folder, 'files')
  mkdirSync(filesFolder)
  for (const [name, content] of Object.entries(files))
    writeFileSync(path.join(filesFolder, name.replaceAll('/', '_')), content)
  const log = path.join(folder, 'calls')
  writeFileSync(log, '')
  const program = path.join(folder, 'docker')
  writeFileSync(
    program,
    `#!/bin/sh
echo "$*" >> '${log}'
files='${filesFolder}'
case "$1" in
${cases}
  create) echo 0123456789ab ;;
  rm) ;;
  cp) file="$files/$(echo "\${2#*:}" | tr / _)"
      if [ -f "$file" ]; then cat "$file"; else echo "Could not find the file in container" >&2; exit 1; fi ;;
esac
`,
  )
  chmodSync(program, 0o755)
  return { folder, program, calls: () => readFileSync(log, 'utf8').split('\n').filter(Boolean) }
}

/** The arm that answers `image inspect` with this JSON. */
export function inspects(image: unknown): string {
  return `  image) cat <<'END'\n${JSON.stringify(image)}\nEND\n  ;;`
}
