import assert from 'node:assert/strict'
import {
  absolute,
  allowed,
  both,
  childOf,
  directory,
  file,
  find,
  joinTrees,
  link,
  mapTree,
  nodeAt,
  nothingKnown,
  pathsBelow,
  permits,
  put,
  removed,
} from '../../../server/src/image/files.ts'
import type { FileNode, Identity } from '../../../server/src/image/types.ts'
import { certain, unknown } from '../../../server/src/known.ts'

const owned = (owner: number, group: number, mode: number) => ({
  owner: certain(owner),
  group: certain(group),
  mode: certain(mode),
  because: [],
})
const root = directory(owned(0, 0, 0o755))
const who = (uid: number, gid = uid, groups = [gid]): Identity => ({
  uid: certain(uid),
  gid: certain(gid),
  groups: certain(groups),
  user: certain(null),
  group: certain(null),
  home: certain('/'),
  spec: String(uid),
})
const yes = (answer: ReturnType<typeof permits>) =>
  answer.certainty === 'unknown' ? undefined : answer.value

describe('the file tree', () => {
  it('folds paths', () => {
    assert.equal(absolute('a/../b//./c/', '/x'), '/x/b/c')
    assert.equal(absolute('../../..', '/x'), '/')
  })

  it('follows links, in the middle and at the end', () => {
    let tree = put(root, '/real/f', file(owned(0, 0, 0o644), 'text'))
    tree = put(tree, '/l', link(owned(0, 0, 0o777), 'real'))
    tree = put(tree, '/m', link(owned(0, 0, 0o777), '/l/f'))
    assert.equal(find(tree, '/m').path, '/real/f')
    assert.equal(nodeAt(tree, '/l/f').content, 'text')
    assert.equal(find(tree, '/m', false).node.kind, 'link')
    assert.deepEqual(
      find(tree, '/l/f').ancestors.map(({ path }) => path),
      ['/', '/real'],
    )
  })

  it('ends in circles of links', () => {
    const tree = put(put(root, '/a', link(owned(0, 0, 0o777), '/b')), '/b', link(owned(0, 0, 0o777), '/a'))
    assert.equal(find(tree, '/a').node.kind, 'link')
  })

  it('knows nothing behind a link whose target is unknown', () => {
    const { target: _none, ...somewhere } = link(owned(0, 0, 0o777), '/x')
    assert.equal(nodeAt(put(root, '/l', somewhere), '/l/f').kind, 'unknown')
  })

  it('what an entry certainly lies in is certainly a folder', () => {
    const base = directory(owned(0, 0, 0o755), { owner: certain(0), group: certain(0), mode: unknown() })
    const tree = put(base, '/a/b/f', file(owned(1, 1, 0o600)))
    assert.equal(nodeAt(tree, '/a/b').kind, 'directory')
    assert.equal(nodeAt(tree, '/a/b').exists, 'certain')
    assert.equal(nodeAt(tree, '/a/c').kind, 'unknown')
    assert.equal(nodeAt(removed(base, '/a/b', []), '/a').kind, 'unknown')
    assert.equal(nodeAt(removed(base, '/a/b', []), '/a/b').kind, 'missing')
  })

  it('has nothing below files and what is missing', () => {
    const tree = put(root, '/f', file(owned(0, 0, 0o644)))
    assert.equal(nodeAt(tree, '/f/x').kind, 'missing')
    assert.equal(nodeAt(tree, '/none/x').kind, 'missing')
    assert.equal(childOf(directory(owned(0, 0, 0o755), nothingKnown), 'x').kind, 'unknown')
  })

  it('permission is by owner, then group, then others', () => {
    const node = file(owned(1500, 3000, 0o640))
    assert.equal(yes(permits(node, who(1500), 'write')), true)
    assert.equal(yes(permits(node, who(1, 1, [1, 3000]), 'read')), true)
    assert.equal(yes(permits(node, who(1, 1, [1, 3000]), 'write')), false)
    assert.equal(yes(permits(node, who(2), 'read')), false)
    // The owner's bits count even where the group's are wider.
    assert.equal(yes(permits(file(owned(1500, 1500, 0o070)), who(1500), 'read')), false)
    assert.equal(yes(permits(node, who(0), 'write')), true)
    assert.equal(yes(permits(node, who(0), 'execute')), false)
    assert.equal(permits(directory(owned(1, 1, 0)), who(0), 'execute').certainty, 'certain')
    assert.equal(permits(directory(owned(1, 1, 0), 'none', 'likely'), who(0), 'execute').certainty, 'likely')
    assert.equal(yes(permits(directory(owned(5, 5, 0)), who(0), 'execute')), true)
  })

  it('who is likely root likely may', () => {
    const somebody: Identity = { ...who(0), uid: { certainty: 'likely', value: 0, because: [] } }
    assert.deepEqual(permits(file(owned(5, 5, 0)), somebody, 'write').certainty, 'likely')
    assert.equal(yes(permits(file(owned(5, 5, 0)), somebody, 'write')), true)
  })

  it('answers where the unknown does not matter', () => {
    const open: FileNode = { ...file(owned(0, 0, 0o666)), owner: unknown(), group: unknown() }
    assert.equal(yes(permits(open, who(7), 'write')), true)
    assert.equal(permits({ ...open, mode: certain(0o660) }, who(7), 'write').certainty, 'unknown')
  })

  it('a path needs all folders on its way', () => {
    const tree = put(put(root, '/p', directory(owned(0, 0, 0o700))), '/p/f', file(owned(7, 7, 0o666)))
    assert.equal(yes(allowed(tree, '/p/f', who(7), 'read')), false)
    assert.equal(yes(allowed(tree, '/p/f', who(0), 'read')), true)
  })

  it('both: no wins over unknown, unknown over yes', () => {
    const [no, sure, open] = [certain(false), certain(true), unknown<boolean>()]
    assert.equal(yes(both(open, no)), false)
    assert.equal(both(sure, open).certainty, 'unknown')
    assert.equal(yes(both(sure, sure)), true)
  })

  it('joined states keep what they agree on', () => {
    const tree = put(root, '/same', file(owned(1, 1, 0o600)))
    const a = put(tree, '/x', file(owned(1, 1, 0o600)))
    const b = put(tree, '/x', file(owned(2, 1, 0o600)))
    const joined = joinTrees(a, b)
    assert.equal(nodeAt(joined, '/same'), nodeAt(tree, '/same'))
    assert.equal(nodeAt(joined, '/x').owner.certainty, 'unknown')
    assert.deepEqual(nodeAt(joined, '/x').group, certain(1))
    const perhaps = nodeAt(joinTrees(tree, a), '/x')
    assert.equal(perhaps.kind, 'unknown')
    assert.equal(perhaps.exists, 'possible')
    assert.equal(perhaps.owner.certainty === 'unknown' ? undefined : perhaps.owner.value, 1)
    assert.equal(joinTrees(a, a), a)
  })

  it('walks and changes what is there', () => {
    const tree = put(
      removed(put(root, '/a/b', file(owned(0, 0, 0o600))), '/gone', []),
      '/c',
      file(owned(0, 0, 0o600)),
    )
    assert.deepEqual([...pathsBelow(tree, '/')].map(({ path }) => path).sort(), ['/', '/a', '/a/b', '/c'])
    const changed = mapTree(tree, (node) => ({ ...node, owner: certain(9) }))
    assert.deepEqual(nodeAt(changed, '/a/b').owner, certain(9))
    assert.equal(nodeAt(changed, '/gone').kind, 'missing')
  })
})
