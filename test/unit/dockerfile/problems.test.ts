// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the file has them too

import assert from 'node:assert/strict'
import { parseDockerfile, type SyntaxProblem } from '../../../server/src/dockerfile/index.ts'
import { inEnglish } from '../../../server/src/l10n/index.ts'

/** Each problem as `place: message`, with the text that it marks. */
function problemsOf(text: string): readonly string[] {
  return parseDockerfile(text).problems.map(
    ({ range, message }) => `${text.slice(range.start, range.end)}: ${inEnglish(message)}`,
  )
}

function onlyProblem(text: string): SyntaxProblem {
  const { problems } = parseDockerfile(text)
  assert.equal(problems.length, 1, JSON.stringify(problems.map(({ message }) => inEnglish(message))))
  return problems[0] as SyntaxProblem
}

describe('Syntax problems', () => {
  it('suggest the instruction that was meant, in its case', () => {
    assert.deepEqual(problemsOf('FROM a\nRNU b\n'), ['RNU: `RNU` is no instruction. Did you mean `RUN`?'])
    assert.equal(onlyProblem('FROM a\nusr b\n').suggestion, 'user')
    assert.equal(onlyProblem('FROM a\nnothing b\n').suggestion, undefined)
  })

  it('suggest nothing that is mostly other letters', () => {
    assert.equal(onlyProblem('FROM a\na: b\n').suggestion, undefined)
    assert.equal(onlyProblem('FROM a\nUS b\n').suggestion, 'USER')
  })

  it('are two for two keywords that are misspelled', () => {
    assert.deepEqual(
      parseDockerfile('FROM a\nRNU b\nCPOY c d\n').problems.map(({ suggestion }) => suggestion),
      ['RUN', 'COPY'],
    )
  })

  it('are in a name for --link; beside --chmod, which may turn --link off, they are warnings', () => {
    assert.deepEqual(problemsOf('FROM a\nCOPY --link --chown=app b c\n'), [
      'app: `app` cannot be looked up: `--link` copies into an empty layer. Write numbers, or leave `--link` out.',
    ])
    const [beside] = parseDockerfile('FROM a\nCOPY --link --chmod=0555 --chown=app b c\n').problems
    assert.equal(beside?.severity, 'warning')
  })

  it('suggest the flag that was meant', () => {
    const problem = onlyProblem('FROM a\nCOPY --form=b c d\n')
    assert.equal(problem.kind, 'unknown-flag')
    assert.equal(problem.suggestion, '--from')
    assert.deepEqual(problemsOf('FROM a\nUSER --x b\n'), [
      '--x: USER has no flag `--x`. It takes none; remove it.',
    ])
  })

  it('suggest the type and the option of a mount', () => {
    const type = 'FROM a\nRUN --mount=type=cahce,target=/b c\n'
    const option = 'FROM a\nRUN --mount=type=cache,traget=/b c\n'
    assert.deepEqual(problemsOf(type), [
      'cahce: `cahce` is no value for `type` in `--mount`: the types are bind, cache, tmpfs, secret, ssh. Did you mean `cache`?',
    ])
    for (const [text, wrong, right] of [
      [type, 'cahce', 'cache'],
      [option, 'traget', 'target'],
    ] as const) {
      const { range, suggestion } = onlyProblem(text)
      assert.equal(text.slice(range.start, range.end), wrong)
      assert.equal(suggestion, right)
    }
  })

  it('are one for one mistake', () => {
    for (const text of [
      'FORM a\nRUN b\nUSER c\nCMD d\n',
      'RUN a\nUSER b\nCMD c\n',
      'FROM a\nCOPY --form=b --x c\n',
      'FROM a\nENV b c="d\nENV e\n',
      'FROM a\nRUN <<EOF\nb\n',
      'FROM a\nHEALTHCHECK --interval=x --retries=y CMD\n',
      'FROM a AS\n',
      'FROM a\nEXPOSE x y z\n',
    ]) {
      const lines = new Set(
        parseDockerfile(text).problems.map(({ range }) => text.slice(0, range.start).split('\n').length),
      )
      assert.equal(parseDockerfile(text).problems.length, lines.size, text)
    }
    onlyProblem('FORM a\nRUN b\nUSER c\nCMD d\n')
    onlyProblem('FROM a\nRUN install \\\n  bash\n  git\n  vim\n\n  zsh\nUSER c\n')
    onlyProblem('version: "3"\nservices:\n  a:\n    image: b\n')
    onlyProblem('RUN a\nUSER b\nCMD c\n')
  })

  it('mark what to mend', () => {
    assert.deepEqual(problemsOf('FROM a\nHEALTHCHECK --interval=30 CMD b\n'), [
      '30: `30` is no duration. Write a number and a unit, such as 30s or 1m30s.',
    ])
    assert.deepEqual(problemsOf('FROM a AS b\nCOPY --from=c d e\nFROM f AS c\nCOPY --from=b g h\n'), [
      'c: The stage `c` comes later, in line 3. A stage can copy from earlier ones only. Move that stage up.',
    ])
    assert.deepEqual(problemsOf('FROM a\nCOPY --from=3 b c\n'), [
      '3: There is no stage 3: there is one stage, 0.',
    ])
    assert.deepEqual(problemsOf('FROM a\nENV b=c d\n'), [
      'd: `d` has no `=`. Write `name=value`, and put a value with spaces in quotes.',
    ])
    assert.deepEqual(problemsOf('FROM a AS b\nFROM B\n'), [
      'B: `B` has upper-case letters, and image names have none. For the stage, write `b`.',
    ])
  })

  it('say why a word cannot be expanded, and what to do', () => {
    for (const [word, reason] of [
      ['"b', 'a double quote is not closed; close it, or escape it'],
      ["'b", 'a single quote is not closed; close it, or escape it'],
      ['${b', '`${` is not closed; add the brace, or escape the `$`'],
      ['${b:-c', '`${` is not closed; add the brace, or escape the `$`'],
      ['${}', 'a name has to follow `${`; write one, or escape the `$`'],
      [
        '${b:#c}',
        '`:#` is no modifier that the builder knows; escape the `$`, or write `${NAME:-value}` or the like',
      ],
      ['${b#\\q}', 'the pattern `\\q` escapes what needs no escape; only `*`, `?` and `\\` do'],
    ] as const) {
      assert.deepEqual(problemsOf(`FROM a\nWORKDIR ${word}\n`), [
        `${word}: \`${word}\` cannot be expanded: ${reason}.`,
      ])
    }
  })

  it('are warnings where only another build fails', () => {
    const trigger = onlyProblem('FROM a\nONBUILD COPY b\n')
    assert.equal(trigger.severity, 'warning')
    const unneeded = onlyProblem('FROM a\nWORKDIR ${b\nFROM c\n')
    assert.equal(unneeded.severity, 'warning')
    assert.equal(onlyProblem('FROM a\nWORKDIR ${b\n').severity, 'error')
  })

  it('say nothing of what a build argument settles', () => {
    for (const text of [
      'ARG b\nFROM a:$b\n',
      'ARG b\nFROM $b\n',
      'FROM a\nARG b\nWORKDIR ${b:?}\n',
      'FROM a\nEXPOSE $b\n',
    ]) {
      assert.deepEqual(problemsOf(text), [], text)
    }
  })

  it('name the last empty line of a continued instruction once', () => {
    const text = 'FROM a\nRUN b \\\n\n  c \\\n\n  d\n'
    const { kind, severity, range } = onlyProblem(text)
    assert.deepEqual([kind, severity], ['builder-warning', 'warning'])
    assert.equal(text.slice(0, range.start).split('\n').length, 5)
  })

  it('tell of lines that BuildKit does not read', () => {
    const { kind } = onlyProblem(`FROM a\nRUN ${'x'.repeat(65_536 - 'RUN '.length)}\nUSER b\n`)
    assert.equal(kind, 'line-too-long')
    assert.deepEqual(problemsOf(`FROM a\nRUN ${'x'.repeat(65_535 - 'RUN '.length)}\n`), [])
    assert.equal(onlyProblem(`FROM a\nRUN ${'ü'.repeat(32_766)}\n`).kind, 'line-too-long')
  })
})

describe('While somebody is typing', () => {
  const keywords = (text: string) => parseDockerfile(text).instructions.map(({ keyword }) => keyword)

  it('a half-written instruction leaves the rest', () => {
    for (const half of [
      'US',
      'USER',
      'COPY',
      'COPY --',
      'COPY --from',
      'COPY --from=',
      'FROM',
      'ENV',
      'ENV a',
      'HEALTHCHECK',
      'ONBUILD',
      'RUN --mount=',
      'CMD [',
      'CMD ["a',
      'ARG =',
    ]) {
      const all = keywords(`FROM a\n${half}\nWORKDIR /b\nCMD c\n`)
      assert.deepEqual([all.length, ...all.slice(2)], [4, 'WORKDIR', 'CMD'], half)
    }
  })

  it('an open quote leaves the next instruction', () => {
    assert.deepEqual(keywords('FROM a\nENV b="c\nUSER d\n'), ['FROM', 'ENV', 'USER'])
    assert.deepEqual(keywords('FROM a\nRUN echo "c\nUSER d\n'), ['FROM', 'RUN', 'USER'])
  })

  it('an open heredoc ends where an instruction begins', () => {
    const text = 'FROM a\nRUN <<EOF\nb\nc\nCOPY d e\nUSER f\n'
    const { instructions } = parseDockerfile(text)
    assert.deepEqual(
      instructions.map(({ keyword }) => keyword),
      ['FROM', 'RUN', 'COPY', 'USER'],
    )
    assert.equal(instructions[1]?.heredocs[0]?.content.text, 'b\nc\n')
    assert.equal(instructions[1]?.heredocs[0]?.closingRange, undefined)
    assert.equal(instructions[1]?.endLine, 4)
  })

  it('an open heredoc ends where an instruction begins that is written like its own', () => {
    assert.deepEqual(keywords('from a\nrun <<EOF python\nFROM = 1\nuser d\n'), ['FROM', 'RUN', 'USER'])
    assert.deepEqual(keywords('FROM a\nRUN <<EOF python\nfrom x import y\nUSER d\n'), ['FROM', 'RUN', 'USER'])
  })

  it('a closed heredoc may hold instructions', () => {
    assert.deepEqual(keywords('FROM a\nRUN <<EOF\nCOPY d e\nEOF\nUSER f\n'), ['FROM', 'RUN', 'USER'])
  })

  it('a FROM that is not finished still begins a stage', () => {
    const { stages } = parseDockerfile('FROM a AS b\nRUN c\nFROM\nUSER d\n')
    assert.deepEqual(
      stages.map(({ name, instructions }) => [name, instructions.length]),
      [
        ['b', 1],
        [undefined, 1],
      ],
    )
  })
})
