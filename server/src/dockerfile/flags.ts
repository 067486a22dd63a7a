import { listed, type Message, text } from '../l10n/index.ts'
import { nearest } from './nearest.ts'
import type { Flag, OffsetRange, SyntaxProblem } from './types.ts'

/** `boolean`: bare or true/false. `once`: needs a value. `many`: needs a value, may be repeated. */
export type FlagKind = 'boolean' | 'once' | 'many'

/**
 * The flags of each instruction (instructions/parse.go, commands_run*.go). An instruction that is not listed has none;
 * `ARG` and `STOPSIGNAL` never look at theirs, so anything goes there.
 */
export const instructionFlags: Readonly<Record<string, Readonly<Record<string, FlagKind>>>> = {
  FROM: { platform: 'once' },
  RUN: { mount: 'many', network: 'once', security: 'once', device: 'many' },
  COPY: { chown: 'once', from: 'once', chmod: 'once', link: 'boolean', exclude: 'many', parents: 'boolean' },
  ADD: {
    chown: 'once',
    chmod: 'once',
    link: 'boolean',
    'keep-git-dir': 'boolean',
    checksum: 'once',
    unpack: 'boolean',
    exclude: 'many',
  },
  HEALTHCHECK: {
    interval: 'once',
    timeout: 'once',
    'start-period': 'once',
    'start-interval': 'once',
    retries: 'once',
  },
}

const unchecked = new Set(['ARG', 'STOPSIGNAL'])

/** BuildKit: BFlags.Parse (bflag.go). The first fault, if any. */
export function checkFlags(keyword: string, flags: readonly Flag[]): SyntaxProblem | undefined {
  if (flags.length === 0 || unchecked.has(keyword)) return undefined
  const known = Object.hasOwn(instructionFlags, keyword) ? (instructionFlags[keyword] ?? {}) : {}
  const seen = new Set<string>()
  const bad = (range: OffsetRange, message: Message) =>
    ({ kind: 'bad-flag', severity: 'error', range, message }) as const
  for (const flag of flags) {
    const { name, value, range, nameRange } = flag
    const kind = Object.hasOwn(known, name) ? known[name] : undefined
    if (kind === undefined) return unknownFlag(keyword, flag, Object.keys(known))
    if (seen.has(name) && kind !== 'many') {
      return bad(range, text`\`--${name}\` is given twice. ${keyword} takes it once; remove one of them.`)
    }
    seen.add(name)
    if (kind === 'boolean') {
      const written = value?.raw.toLowerCase()
      if (written === undefined || written === 'true' || written === 'false') continue
      return bad(
        range,
        text`\`--${name}\` is on or off: write \`--${name}\`, \`--${name}=true\` or \`--${name}=false\`.`,
      )
    }
    if (value === undefined) {
      return bad(nameRange, text`\`--${name}\` needs a value: write \`--${name}=…\`.`)
    }
  }
  return undefined
}

function unknownFlag(keyword: string, { name, nameRange }: Flag, known: readonly string[]): SyntaxProblem {
  const near = nearest(name, known)
  const problem = { kind: 'unknown-flag', severity: 'error', range: nameRange } as const
  if (near !== undefined) {
    return {
      ...problem,
      message: text`${keyword} has no flag \`--${name}\`. Did you mean \`--${near}\`?`,
      suggestion: `--${near}`,
    }
  }
  const list = listed(known.map((one) => `\`--${one}\``))
  const advice = known.length === 0 ? text`It takes none; remove it.` : text`It takes ${list}.`
  return { ...problem, message: text`${keyword} has no flag \`--${name}\`. ${advice}` }
}
