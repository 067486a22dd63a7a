// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the shell has them too
import assert from 'node:assert/strict'
import {
  expandedWords,
  expandWord,
  expandWords,
  instructionNames,
  parseDockerfile,
  platformArgs,
  type Variable,
} from '../../../server/src/dockerfile/index.ts'

const lookup = (name: string): Variable => {
  if (name === 'set') return { kind: 'set', value: 'v/w' }
  return name === 'unknown' ? { kind: 'unknown' } : { kind: 'unset' }
}

/** The value; '?' where it is unknown; '!' where BuildKit refuses the word. */
function expand(word: string): string {
  const expansion = expandWord(word, lookup, { escape: '\\' })
  return expansion.kind === 'known' ? expansion.value : expansion.kind === 'unknown' ? '?' : '!'
}

describe('Words with a variable that nobody knows', () => {
  for (const [word, value] of [
    ['$unknown', '?'],
    ['a$unknown', '?'],
    ['"$unknown"', '?'],
    ["'$unknown'", '$unknown'],
    ['\\$unknown', '$unknown'],
    ['${set:-$unknown}', 'v/w'],
    ['${none:-$unknown}', '?'],
    ['${unknown:-a}', '?'],
    ['${none:+$unknown}', ''],
    ['${set:+$unknown}', '?'],
    ['${unknown:+}', ''],
    ['${unknown:+a}', '?'],
    ['${unknown:?no}', '?'],
    ['${none:?no}', '!'],
    ['${set#*/}', 'w'],
    ['${unknown#*/}', '?'],
    ['${set#$unknown}', '?'],
    ['${set/w/$unknown}', '?'],
    ['${unknown', '!'],
    ['${unknown#\\q}', '!'],
  ] as const) {
    it(`${word} is ${value === '?' ? 'unknown' : value === '!' ? 'refused' : `"${value}"`}`, () => {
      assert.equal(expand(word), value)
    })
  }

  it('say which variables they hold', () => {
    const known = expandWord('$set${none:-$other}', lookup, { escape: '\\' })
    assert.ok(known.kind === 'known')
    assert.deepEqual([...known.variables].sort(), ['none', 'other', 'set'])
    assert.deepEqual([...known.unset].sort(), ['none', 'other'])
  })

  it('split into several only where all is known', () => {
    const several = expandWords('a ${set} "b c"', lookup, { escape: '\\' })
    assert.deepEqual(several.kind === 'known' && several.values, ['a', 'v/w', 'b c'])
    assert.equal(expandWords('a $unknown', lookup, { escape: '\\' }).kind, 'unknown')
  })

  it('keep their quotes in heredocs', () => {
    const kept = expandWord('"$set" \'$set\'', lookup, { escape: '\\', mode: 'keep-quotes' })
    assert.equal(kept.kind === 'known' && kept.value, '"v/w" \'v/w\'')
  })

  it('nest as deep as they like', () => {
    const nested = (depth: number) => `${'${none:-'.repeat(depth)}x${'}'.repeat(depth)}`
    assert.equal(expand(nested(300)), 'x')
    assert.equal(expand(nested(100_000)), 'x')
    assert.equal(expand(`"${nested(100_000)}"`), 'x')
    assert.equal(expand(nested(100_000).slice(0, -1)), '!')
  })
})

describe('Variables without an ARG', () => {
  it('are the platforms of FROM, and stay unset elsewhere', () => {
    assert.deepEqual(parseDockerfile('FROM --platform=$BUILDPLATFORM a:$TARGETARCH\n').problems, [])
    assert.equal(parseDockerfile('FROM $TARGETARHC\n').problems[0]?.kind, 'bad-reference')
    for (const name of Object.keys(platformArgs)) {
      assert.deepEqual(parseDockerfile(`FROM $${name}\n`).problems, [], name)
    }
  })
})

describe('What the builder expands', () => {
  const words = (line: string) => {
    const { instructions } = parseDockerfile(`FROM x\n${line}\n`)
    const instruction = instructions[instructions.length - 1]
    assert.ok(instruction !== undefined)
    return expandedWords(instruction).map(({ rule, word }) => [rule, word.raw])
  }

  it('is a table of words', () => {
    assert.deepEqual(words('FROM --platform=$p $i AS $n'), [
      ['word', '$i'],
      ['word', '$p'],
    ])
    assert.deepEqual(words('COPY --from=$f --chown=$o $a $b'), [
      ['word', '$o'],
      ['word', '$a'],
      ['word', '$b'],
    ])
    assert.deepEqual(words('ENV $a=$b'), [
      ['word', '$a'],
      ['word', '$b'],
    ])
    assert.deepEqual(words('ARG a=$b c'), [['word', '$b']])
    assert.deepEqual(words('EXPOSE $a'), [['words', '$a']])
    assert.deepEqual(words('RUN --mount=type=$t,from=a,target=$b c $d'), [
      ['word', '$t'],
      ['word', '$b'],
    ])
    assert.deepEqual(words('COPY <<a <<"b" /c\n$x\na\n$y\nb'), [
      ['word', '/c'],
      ['heredoc', '$x\n'],
    ])
  })

  it('is nothing of what the container itself reads', () => {
    for (const name of ['RUN', 'CMD', 'ENTRYPOINT', 'HEALTHCHECK CMD', 'MAINTAINER'])
      assert.deepEqual(words(`${name} $a`), [], name)
    assert.deepEqual(words('SHELL ["$a"]'), [])
    assert.equal(instructionNames.length, 18)
  })
})
