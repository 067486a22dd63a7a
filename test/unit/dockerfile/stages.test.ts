import assert from 'node:assert/strict'
import {
  baseStageOf,
  finalStage,
  parseDockerfile,
  type Stage,
  stageOf,
  stagesNeededFor,
  targetStage,
  type Variable,
} from '../../../server/src/dockerfile/index.ts'

const file = parseDockerfile(
  [
    'ARG BASE=deps',
    'FROM a AS Deps',
    'FROM b AS tools',
    'FROM $BASE AS build',
    'COPY --from=TOOLS x y',
    'FROM c AS unused',
    'FROM d',
    'RUN --mount=from=build,target=/z true',
    'COPY --from=0 x y',
    '',
  ].join('\n'),
)
const stage = (index: number) => file.stages[index] as Stage
const names = (stages: readonly Stage[]) => stages.map(({ index }) => index)

describe('Stages', () => {
  it('are named in lower case', () => {
    assert.deepEqual(
      file.stages.map(({ name }) => name),
      ['deps', 'tools', 'build', 'unused', undefined],
    )
  })

  it('are found by name in any case and by number in COPY', () => {
    assert.equal(stageOf(file, 'Tools', stage(2)), stage(1))
    assert.equal(stageOf(file, '0', stage(4)), stage(0))
    assert.equal(stageOf(file, '0', stage(4), { numbers: false }), undefined)
  })

  it('are found by FROM in lower case only', () => {
    assert.equal(baseStageOf(file, 'deps', stage(2)), stage(0))
    assert.equal(baseStageOf(file, 'Deps', stage(2)), undefined)
  })

  it('are not found where they come later', () => {
    assert.equal(stageOf(file, 'build', stage(1)), undefined)
    assert.equal(stageOf(file, 'build', stage(2)), undefined)
    assert.equal(stageOf(file, '4', stage(1)), undefined)
  })

  it('of one name: FROM means the nearest above, COPY the last', () => {
    const twice = parseDockerfile(
      'FROM a AS x\nFROM b AS x\nFROM x\nFROM c AS x\nFROM d\nCOPY --from=x e f\n',
    )
    assert.equal(baseStageOf(twice, 'x', twice.stages[2] as Stage)?.index, 1)
    assert.equal(stageOf(twice, 'x', twice.stages[4] as Stage)?.index, 3)
    assert.equal(stageOf(twice, 'x', twice.stages[2] as Stage), undefined)
  })

  it('that are built', () => {
    assert.equal(finalStage(file), stage(4))
    assert.equal(targetStage(file), stage(4))
    assert.equal(targetStage(file, 'BUILD'), stage(2))
    assert.equal(targetStage(file, 'nowhere'), undefined)
    assert.equal(finalStage(parseDockerfile('')), undefined)
  })

  it('need others', () => {
    const defaults = (name: string): Variable =>
      name === 'BASE' ? { kind: 'set', value: 'deps' } : { kind: 'unset' }
    assert.deepEqual(names(stagesNeededFor(file, stage(4), defaults)), [0, 1, 2, 4])
    assert.deepEqual(names(stagesNeededFor(file, stage(2))), [1, 2])
    assert.deepEqual(names(stagesNeededFor(file, stage(3))), [3])
  })

  it('that need each other do not hang', () => {
    const circle = parseDockerfile('FROM b AS a\nCOPY --from=b x y\nFROM a AS b\nCOPY --from=b x y\n')
    assert.deepEqual(names(stagesNeededFor(circle, circle.stages[1] as Stage)), [0, 1])
  })
})
