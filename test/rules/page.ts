import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { BuildContext, Builder } from '../../server/src/image/index.ts'
import type { Profile } from '../../server/src/rules/types.ts'

/**
 * A rule's page is its test. In `docs/rules/<rule>.md`:
 *
 * - a fence ```` ```dockerfile ```` is analysed; lines `#   ^^^ severity: start of the message` under a line say what the
 *   rule must find there (they are taken out first); a block without them must be silent for this rule;
 * - a fence ```` ```dockerfile fix ```` is the text after the fix whose title stands in `After *title*:` above it,
 *   applied to the nearest block with markers before it;
 * - words behind `dockerfile` set what the analysis is told: `profile=kubernetes`, `builder=classic`, `target=build`;
 * - a fence ```` ```text file=start.sh mode=0755 ```` gives a file of the build context to the next block.
 */
export interface Block {
  readonly line: number
  readonly text: string
  readonly kind: 'sample' | 'fix'
  readonly title: string | undefined
  readonly expected: readonly Expected[]
  readonly profile: Profile | undefined
  readonly builder: Builder | undefined
  readonly target: string | undefined
  readonly context: BuildContext
}
export interface Expected {
  /** 0-based, in the text without markers. */
  readonly line: number
  readonly start: number
  readonly end: number
  readonly severity: string
  readonly message: string
}
export interface Page {
  readonly rule: string
  readonly text: string
  readonly blocks: readonly Block[]
}

const fence = /^```(\w+)(.*)$/
const marker = /^#(\s*)(\^+)\s+(error|warning|information|hint): (.*)$/

export function readPage(path: string): Page {
  const text = readFileSync(path, 'utf8')
  const lines = text.split('\n')
  const blocks: Block[] = []
  let title: string | undefined
  let files = new Map<string, { readonly text: string; readonly mode: number }>()
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    const after = /^After \*(.+)\*:$/.exec(line.trim())
    if (after) title = after[1]
    const open = fence.exec(line)
    if (!open) continue
    const first = at + 1
    while (++at < lines.length && lines[at] !== '```');
    const body = lines.slice(first, at)
    const options = new Map(
      (open[2] ?? '')
        .trim()
        .split(/\s+/)
        .map((word): [string, string] => [word.split('=')[0] ?? '', word.slice(word.indexOf('=') + 1)]),
    )
    if (open[1] === 'text' && options.has('file')) {
      files.set(options.get('file') ?? '', {
        text: `${body.join('\n')}\n`,
        mode: Number.parseInt(options.get('mode') ?? '0644', 8),
      })
      continue
    }
    if (open[1] !== 'dockerfile') continue
    const isFix = options.has('fix')
    const { kept, expected } = isFix ? { kept: body, expected: [] } : takeMarkers(body)
    blocks.push({
      line: first,
      text: `${kept.join('\n')}\n`,
      kind: isFix ? 'fix' : 'sample',
      title: isFix ? title : undefined,
      expected,
      profile: options.get('profile') as Profile | undefined,
      builder: options.get('builder') as Builder | undefined,
      target: options.get('target'),
      context: isFix ? (blocks.at(-1)?.context ?? contextOf(files)) : contextOf(files),
    })
    if (!isFix) files = new Map()
    title = undefined
  }
  return { rule: basename(path, '.md'), text, blocks }
}

function takeMarkers(body: readonly string[]): { kept: string[]; expected: Expected[] } {
  const kept: string[] = []
  const expected: Expected[] = []
  for (const line of body) {
    const match = marker.exec(line)
    if (!match) {
      kept.push(line)
      continue
    }
    // Directly behind `#` the mark begins at the line's first character, which `#` stands for.
    const start = match[1] === '' ? 0 : 1 + (match[1] ?? '').length
    const end = 1 + (match[1] ?? '').length + (match[2] ?? '').length
    expected.push({
      line: kept.length - 1,
      start,
      end,
      severity: match[3] ?? '',
      message: match[4] ?? '',
    })
  }
  return { kept, expected }
}

function contextOf(
  files: ReadonlyMap<string, { readonly text: string; readonly mode: number }>,
): BuildContext {
  if (files.size === 0) return { stat: () => 'unknown', list: () => 'unknown', read: () => undefined }
  const folders = new Set([
    '',
    ...[...files.keys()].flatMap((path) =>
      path
        .split('/')
        .slice(0, -1)
        .map((_, index, parts) => parts.slice(0, index + 1).join('/')),
    ),
  ])
  return {
    stat: (path) => {
      const file = files.get(path)
      return file
        ? { kind: 'file', mode: file.mode }
        : folders.has(path)
          ? { kind: 'directory', mode: 0o755 }
          : 'missing'
    },
    list: (path) => {
      const prefix = path === '' ? '' : `${path}/`
      return [
        ...new Set(
          [...files.keys()]
            .filter((file) => file.startsWith(prefix))
            .map((file) => file.slice(prefix.length).split('/')[0] ?? ''),
        ),
      ].sort()
    },
    read: (path) => files.get(path)?.text,
  }
}
