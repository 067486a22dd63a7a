import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { catalogue } from '../../../server/src/base-images/index.ts'

/** One stanza of the official list as it was resolved through the chain of parents. */
interface Stanza {
  readonly image: string
  readonly tags: readonly string[]
  readonly shared?: readonly string[]
  readonly user: string
  readonly explicit: boolean
  readonly ports: readonly string[]
  readonly os: 'linux' | 'windows'
}

const images = catalogue()

/** What differs between a stanza and the catalogue's answer; undefined where nothing does. */
function difference(stanza: Stanza, tag: string): string | undefined {
  const facts = images.resolve(
    `${stanza.image}:${tag}`,
    stanza.os === 'windows' ? 'windows/amd64' : undefined,
  )
  if (!facts) return `${stanza.image}:${tag} is not in the catalogue`
  const given = {
    user: facts.user.explicit ? facts.user.user : facts.user.name,
    explicit: facts.user.explicit,
    ports: [...facts.ports].sort(),
    windows: facts.os === 'windows',
  }
  const wanted = {
    user: stanza.user,
    explicit: stanza.explicit,
    ports: [...stanza.ports].sort(),
    windows: stanza.os === 'windows',
  }
  const same = JSON.stringify(given) === JSON.stringify(wanted)
  return same ? undefined : `${stanza.image}:${tag} ${JSON.stringify({ given, wanted })}`
}

function differences(stanzas: readonly Stanza[], tagsOf: (stanza: Stanza) => readonly string[]): string[] {
  return stanzas.flatMap((stanza) => tagsOf(stanza).flatMap((tag) => difference(stanza, tag) ?? []))
}

describe('the catalogue', () => {
  const sample = JSON.parse(
    readFileSync(new URL('official-sample.json', import.meta.url), 'utf8'),
  ) as Stanza[]

  it('says who runs in a sample of the official images', () => {
    assert.ok(sample.length > 100)
    assert.deepEqual(
      differences(sample, ({ tags }) => tags),
      [],
    )
  })

  it('says who runs in every tag of the official list', function () {
    const all = path.resolve(
      import.meta.dirname,
      '../../../../shared/research/base-images/official-resolved.json',
    )
    if (!existsSync(all)) {
      console.log(`      skipped: ${all} is not on this machine`)
      this.skip()
    }
    const stanzas = JSON.parse(readFileSync(all, 'utf8')) as Stanza[]
    let tags = 0
    assert.deepEqual(
      differences(stanzas, (stanza) => {
        tags += stanza.tags.length
        return stanza.tags
      }),
      [],
    )
    console.log(`      ${tags} tags of ${stanzas.length} stanzas`)
  })
})
