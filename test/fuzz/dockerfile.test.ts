import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  type Dockerfile,
  expandWord,
  expandWords,
  type Instruction,
  type MappedText,
  type OffsetRange,
  parseDockerfile,
  type Variable,
} from '../../server/src/dockerfile/index.ts'
import { processorTime } from '../processor-time.ts'

/** Any text, and text that nearly is a Dockerfile. */
const pieces = [
  'FROM ', 'a AS b', 'RUN ', 'COPY ', 'ENV ', 'ARG ', 'CMD ', 'ONBUILD ', 'HEALTHCHECK ', 'SHELL ', 'EXPOSE ', 'VOLUME ', 'USER ', 'LABEL ', '--from=b ', '--mount=type=cache,target=/x ', '--', '=',
  '\n', '\r\n', '\\\n', '\\', '`', '# ', '# escape=`\n', '<<EOF', '<<-"X"', '\nEOF\n', '\n\tX\n', '"', "'", '[', ']', '["a"]', ',', '$', '${', '}', ':-', '#', '%', '/', ' ', '\t', '\0', '\ufeff', '\u0085', '\u00a0', '\ud800', 'ü', '😀',
] // biome-ignore format: a list to look over
const anyText = fc.string({ unit: 'binary', maxLength: 300 })
const nearText = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...pieces) },
      { weight: 1, arbitrary: fc.string({ maxLength: 8 }) },
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''))
const text = fc.oneof(anyText, nearText, nearText)

const runs = Number(process.env.UNROOT_FUZZ_RUNS ?? 2000)

/** The ranges that the file's text falls into: instructions, comments and directives; what is between is trivia. */
function partsOf({ instructions, comments, directives }: Dockerfile): readonly OffsetRange[] {
  const holds = ({ start, end }: OffsetRange) =>
    instructions.some(({ range }) => range.start <= start && end <= range.end)
  // A comment among the lines of an instruction is part of it, unless it stands before the keyword.
  const apart = comments.filter(({ inside, range }) => !inside || !holds(range))
  return [...instructions, ...apart, ...directives]
    .map(({ range }) => range)
    .sort((a, b) => a.start - b.start || a.end - b.end)
}

function mappedTexts(instruction: Instruction): readonly MappedText[] {
  const texts = [instruction.argumentsText, ...instruction.heredocs.map(({ content }) => content)]
  if ('command' in instruction && instruction.command.form === 'shell') texts.push(instruction.command.script)
  return texts
}

/** All that can be asked of a value: what instructions hold is read when it is asked for. */
function fieldsOf(value: object): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  for (const name in value) {
    const field = value[name as keyof typeof value] as unknown
    if (typeof field !== 'function') fields[name] = field
  }
  return fields
}

/** The same without getters. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(plain)
  if (value instanceof Map) return [...value].map(plain)
  return Object.fromEntries(Object.entries(fieldsOf(value)).map(([name, field]) => [name, plain(field)]))
}

/** Every range that hangs on a value, wherever. */
function rangesIn(value: unknown, found: OffsetRange[] = []): readonly OffsetRange[] {
  if (typeof value !== 'object' || value === null) return found
  if ('start' in value && 'end' in value) found.push(value as OffsetRange)
  const inner = value instanceof Map ? [...value.values()] : Object.values(fieldsOf(value))
  for (const one of inner) rangesIn(one, found)
  return found
}

describe('Any text', function () {
  this.timeout(300_000)

  it('is read, the same each time', () => {
    fc.assert(
      fc.property(text, (source) => {
        assert.deepEqual(plain(parseDockerfile(source)), plain(parseDockerfile(source)))
      }),
      { numRuns: runs },
    )
  })

  it('falls into instructions, comments, directives and white space', () => {
    fc.assert(
      fc.property(text, (source) => {
        let at = 0
        for (const { start, end } of partsOf(parseDockerfile(source))) {
          assert.ok(start >= at && end >= start && end <= source.length, 'parts do not overlap')
          // Between two parts stand white space, and the lone continuations in front of a keyword.
          assert.match(source.slice(at, start), /^[\s\u0085\ufeff\\`]*$/)
          at = end
        }
        assert.match(source.slice(at), /^[\s\u0085\ufeff\\`]*$/)
      }),
      { numRuns: runs },
    )
  })

  it('has all ranges in it, and inside of their instruction', () => {
    fc.assert(
      fc.property(text, (source) => {
        const { instructions, problems } = parseDockerfile(source)
        for (const { range } of problems) {
          assert.ok(range.start >= 0 && range.end >= range.start && range.end <= source.length)
        }
        for (const instruction of instructions) {
          const { leadingComments: _above, ...own } = fieldsOf(instruction)
          // The body of an open heredoc ends with the line break that ends the instruction.
          const end =
            instruction.range.end + (/^\r*\n?/.exec(source.slice(instruction.range.end))?.[0].length ?? 0)
          for (const range of rangesIn(own)) {
            assert.ok(range.start >= instruction.range.start && range.start <= range.end && range.end <= end)
          }
        }
      }),
      { numRuns: runs },
    )
  })

  it('maps every character back to itself', () => {
    fc.assert(
      fc.property(text, (source) => {
        for (const instruction of parseDockerfile(source).instructions) {
          for (const { text: joined, offset: first, breaks } of mappedTexts(instruction)) {
            const numbers = [0, first, ...breaks, joined.length]
            for (let index = 0; index + 2 < numbers.length; index += 2) {
              const [at, offset, next] = numbers.slice(index, index + 3) as [number, number, number]
              assert.ok(at <= next)
              const piece = joined.slice(at, next)
              // What BuildKit itself breaks, and the line feed between a line with a heredoc and its body, stand for more than they are.
              if (/^\ufffd*$|^\n$/.test(piece)) continue
              assert.equal(source.slice(offset, offset + piece.length), piece)
            }
          }
        }
      }),
      { numRuns: runs },
    )
  })

  it('is expanded or refused, and splits into what it holds', () => {
    const variable = fc.oneof(
      fc.string({ maxLength: 20 }).map((value): Variable => ({ kind: 'set', value })),
      fc.constant<Variable>({ kind: 'unset' }),
      fc.constant<Variable>({ kind: 'unknown' }),
    )
    fc.assert(
      fc.property(
        text,
        variable,
        fc.constantFrom('\\' as const, '`' as const),
        (source, value, escapeWith) => {
          const one = expandWord(source, () => value, { escape: escapeWith })
          const several = expandWords(source, () => value, { escape: escapeWith })
          assert.equal(one.kind === 'error', several.kind === 'error')
          if (value.kind !== 'unknown') assert.notEqual(one.kind, 'unknown')
        },
      ),
      { numRuns: runs },
    )
  })

  it('gives the same fields in whatever order they are asked for', () => {
    fc.assert(
      fc.property(text, (source) => {
        const forwards = plain(parseDockerfile(source).instructions)
        const backwards = plain([...parseDockerfile(source).instructions].reverse()) as unknown[]
        assert.deepEqual(backwards.reverse(), forwards)
      }),
      { numRuns: runs },
    )
  })

  it('takes no longer than its length allows', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 4 }), (parts) => {
        const one = parts.join('')
        const long = one.repeat(Math.ceil(60_000 / one.length))
        const took = processorTime(() => {
          parseDockerfile(long)
        })
        // A quadratic path takes minutes at this size; the slowest linear one well under a second.
        assert.ok(took < 4000)
      }),
      { numRuns: Math.min(runs, 150) },
    )
  })
})
