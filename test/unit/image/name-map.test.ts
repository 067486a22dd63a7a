import assert from 'node:assert/strict'
import fc from 'fast-check'
import { NameMap } from '../../../server/src/image/name-map.ts'

const names = fc.oneof(fc.constantFrom('a', 'b', 'ab', 'x1', 'x10', 'x2', '__proto__'), fc.string())
type Change = { readonly how: 'set' | 'delete'; readonly name: string; readonly value: number }
const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.record({ how: fc.constantFrom('set', 'set', 'delete'), name: names, value: fc.nat(3) }),
  { maxLength: 60 },
)

function changed(map: NameMap<number>, all: readonly Change[]): NameMap<number> {
  return all.reduce(
    (next, { how, name, value }) => (how === 'set' ? next.set(name, value) : next.delete(name)),
    map,
  )
}
function asMap(all: readonly Change[], start = new Map<string, number>()): Map<string, number> {
  const map = new Map(start)
  for (const { how, name, value } of all) how === 'set' ? map.set(name, value) : map.delete(name)
  return map
}
const inOrder = (map: Iterable<readonly [string, number]>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1))

describe('a map of names', () => {
  it('holds what a Map would, in the order of names', () => {
    fc.assert(
      fc.property(changes, (all) => {
        const map = changed(NameMap.of(), all)
        const expected = asMap(all)
        assert.deepEqual([...map], inOrder(expected))
        assert.deepEqual(
          [...map.keys()],
          [...map].map(([name]) => name),
        )
        assert.deepEqual(
          [...map.values()],
          [...map].map(([, value]) => value),
        )
        assert.equal(map.size, expected.size)
        for (const { name } of all) {
          assert.equal(map.get(name), expected.get(name))
          assert.equal(map.has(name), expected.has(name))
        }
      }),
    )
  })

  it('never changes', () => {
    fc.assert(
      fc.property(changes, changes, (first, then) => {
        const map = changed(NameMap.of(), first)
        const before = [...map]
        changed(map, then)
        assert.deepEqual([...map], before)
      }),
    )
  })

  it('is the same where nothing changed', () => {
    const map = NameMap.of([
      ['a', 1],
      ['b', 2],
    ])
    assert.equal(map.set('a', 1), map)
    assert.equal(map.delete('c'), map)
    assert.equal(
      map.map((value) => value),
      map,
    )
    assert.deepEqual(
      [...map.map((value, name) => value + name.length)],
      [
        ['a', 2],
        ['b', 3],
      ],
    )
  })

  it('is joined with another name by name', () => {
    fc.assert(
      fc.property(changes, changes, changes, (common, one, other) => {
        const [a, b] = [asMap(one, asMap(common)), asMap(other, asMap(common))]
        const start = changed(NameMap.of(), common)
        const join = (mine: number | undefined, others: number | undefined) =>
          mine === others ? (mine as number) : (mine ?? 10) * 100 + (others ?? 10)
        const expected = new Map(
          [...new Set([...a.keys(), ...b.keys()])].map((name) => [name, join(a.get(name), b.get(name))]),
        )
        assert.deepEqual([...changed(start, one).joined(changed(start, other), join)], inOrder(expected))
      }),
    )
  })

  it('asks only about what differs', () => {
    const many = NameMap.of(Array.from({ length: 10_000 }, (_, index) => [`name${index}`, index] as const))
    const one = many.set('first', 1).set('name5000', -1).delete('name7000')
    const other = many.set('last', 2).delete('name3000')
    const asked: string[] = []
    const both = one.joined(other, (mine, others, name) => {
      asked.push(name)
      return mine ?? (others as number)
    })
    assert.deepEqual(asked.sort(), ['first', 'last', 'name3000', 'name5000', 'name7000'])
    assert.equal(both.size, 10_002)
  })

  it('stays balanced, whatever the order of names', () => {
    const orders = {
      rising: (index: number) => index,
      falling: (index: number) => 99_999 - index,
      outwards: (index: number) => (index % 2 ? 50_000 + index : 50_000 - index),
    }
    for (const order of Object.values(orders)) {
      let map = NameMap.of<number>()
      for (let index = 0; index < 50_000; index++) map = map.set(String(100_000 + order(index)), index)
      let depth = 0
      // Comparisons of one lookup are the depth: names count how often they are asked for.
      const name = {
        toString: () => '',
        [Symbol.toPrimitive]: () => {
          depth++
          return '999999'
        },
      } as unknown as string
      map.get(name)
      assert.ok(depth < 60, `${depth} comparisons`)
    }
  })
})
