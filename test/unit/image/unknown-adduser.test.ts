import assert from 'node:assert/strict'
import { analyse } from '../../../server/src/analysis/index.ts'
import { type BaseImageFacts, scratchFacts } from '../../../server/src/base-images/index.ts'
import { emptyBuildContext } from '../../../server/src/build-context/index.ts'
import { inEnglish } from '../../../server/src/l10n/index.ts'

/** Accounts are known, and which system's adduser this is is not: so podman tells of an image, which follows links. */
const facts: BaseImageFacts = {
  ...scratchFacts(),
  reference: 'registry.example.com/base:1',
  resolvedBy: 'engine',
  os: null,
  accounts: [{ name: 'root', uid: 0, gid: 0, home: '/root', shell: '/bin/sh' }],
  groups: [{ name: 'root', gid: 0, members: [] }],
  accountsComplete: true,
  accountFiles: 'present',
  tools: { useradd: null, adduser: null, shell: true, programs: new Map() },
}

/** What certainly or likely fails. */
function failures(text: string): string[] {
  const { timeline } = analyse(`FROM registry.example.com/base:1\n${text}`, {
    context: emptyBuildContext,
    baseImages: { resolve: () => facts },
  })
  return timeline.stages.flatMap(({ steps }) =>
    steps.flatMap(({ failure, instruction }) =>
      failure && failure.certainty !== 'possible'
        ? [`${instruction.startLine}: ${failure.reason}: ${inEnglish(failure.message)}`]
        : [],
    ),
  )
}

describe('adduser of a system that nobody knows', () => {
  for (const [system, commands] of [
    ['BusyBox', 'addgroup -g 1500 app && adduser -D -u 1500 -G app app'],
    ['BusyBox, system group', 'addgroup -S app && adduser -S -G app app'],
    ['Debian', 'addgroup --gid 1500 app && adduser --uid 1500 --gid 1500 --disabled-password app'],
    ['shadow', 'groupadd -g 1500 app && adduser -u 1500 -g app -m app'],
    ['something else', 'adduser --strange app'],
  ])
    it(`may make the account, whoever's it is: ${system}`, () => {
      assert.deepEqual(
        failures(`RUN ${commands}\nRUN mkdir /srv && chown app:app /srv\nUSER app\nRUN id\n`),
        [],
      )
    })

  it('still leaves certain what nobody made', () => {
    assert.deepEqual(
      failures('RUN mkdir /srv && chown app:app /srv\n').map((one) => one.slice(0, 17)),
      ['2: user-not-found'],
    )
  })
})
