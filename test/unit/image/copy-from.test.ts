import assert from 'node:assert/strict'
import { inEnglish } from '../../../server/src/l10n/index.ts'
import { image } from './built-image.ts'

describe('COPY --from of what the stage does not have', () => {
  const failures = (text: string) =>
    image(text).timeline.runtime!.stage.steps.flatMap(({ failure }) =>
      failure ? [`${failure.certainty}: ${inEnglish(failure.message)}`] : [],
    )
  it('ends the build', () => {
    // VOLUME alone makes no folder while the image is built.
    const text = 'FROM scratch AS build\nVOLUME /data\nFROM scratch\nCOPY --from=build /data /'
    assert.deepEqual(failures(text), [
      'certain: /data is not in the stage build, so there is nothing to copy.',
    ])
  })
  it('is not said of what may be there', () => {
    assert.deepEqual(
      failures(
        'FROM node:22 AS build\nWORKDIR /app\nRUN npm run build\nFROM scratch\nCOPY --from=build /app/dist /',
      ),
      [],
    )
    assert.deepEqual(
      failures('FROM node:22 AS build\nRUN npm run build\nFROM scratch\nCOPY --from=build /app/dist /'),
      [],
    )
    assert.deepEqual(failures('FROM scratch AS build\nFROM scratch\nCOPY --from=build /*.txt /'), [])
  })
})

describe('COPY --link --chown', () => {
  it('knows root, and no other name', () => {
    const failures = (owner: string) =>
      image(`FROM scratch\nCOPY --link --chown=${owner} <<EOF /f\nEOF`).timeline.runtime!.stage.steps.filter(
        ({ failure }) => failure,
      ).length
    assert.equal(failures('root'), 0)
    assert.equal(failures('0:root'), 0)
    assert.equal(failures('app'), 1)
  })
})
