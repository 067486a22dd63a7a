/**
 * A map from names to values that never changes: every change makes a new one, which shares with the old one all
 * that did not change. Two versions of one map are joined in time of what differs between them, not of what they
 * hold (Immutable.js compares entry by entry); so n branches over a folder of n entries stay linear.
 *
 * A weight-balanced tree by name: Adams, "Efficient sets: a balancing act" (1993); parameters of Hirai and
 * Yamamoto, "Balancing weight-balanced trees" (2011). Names come in their order, so that results never depend on
 * the history of a map.
 */
export class NameMap<V> implements Iterable<[string, V]> {
  readonly #root: Tree<V>

  private constructor(root: Tree<V>) {
    this.#root = root
  }

  static readonly #empty = new NameMap<never>(undefined)

  static of<V>(entries: Iterable<readonly [string, V]> = []): NameMap<V> {
    return (NameMap.#empty as NameMap<V>).concat(entries)
  }

  get size(): number {
    return sizeOf(this.#root)
  }

  get(name: string): V | undefined {
    return nodeOf(this.#root, name)?.value
  }

  has(name: string): boolean {
    return nodeOf(this.#root, name) !== undefined
  }

  set(name: string, value: V): NameMap<V> {
    return this.#as(inserted(this.#root, name, value))
  }

  delete(name: string): NameMap<V> {
    return this.has(name) ? this.#as(deleted(this.#root, name)) : this
  }

  /** All entries of both; the other's where both have the name. */
  concat(entries: Iterable<readonly [string, V]>): NameMap<V> {
    let root = this.#root
    for (const [name, value] of entries) root = inserted(root, name, value)
    return this.#as(root)
  }

  clear(): NameMap<V> {
    return this.#as(undefined)
  }

  map(change: (value: V, name: string) => V): NameMap<V> {
    return this.#as(mapped(this.#root, change))
  }

  /**
   * As `map`, for a change that does nothing to what it has made: what it is known to have made is passed over, so
   * that changing a growing map again and again costs what is new in it.
   * @param key names the change; one that begins with `?` only makes what is known less sure, and then leaves what
   *   others of its kind have made as they made it
   */
  settled(key: string, change: (value: V, name: string) => V): NameMap<V> {
    return this.#as(settled(this.#root, key, change))
  }

  /**
   * What `join` makes of the values of two maps, name by name; undefined where one does not have the name.
   * It must give back a value that both have as it is: it is not asked about it.
   */
  joined(other: NameMap<V>, join: Join<V>): NameMap<V> {
    return this.#as(joinedTrees(this.#root, other.#root, join))
  }

  *keys(): Generator<string> {
    for (const { name } of nodesOf(this.#root)) yield name
  }

  *values(): Generator<V> {
    for (const { value } of nodesOf(this.#root)) yield value
  }

  *[Symbol.iterator](): Generator<[string, V]> {
    for (const { name, value } of nodesOf(this.#root)) yield [name, value]
  }

  #as(root: Tree<V>): NameMap<V> {
    if (root === this.#root) return this
    return root === undefined ? NameMap.#empty : new NameMap(root)
  }
}

/** Entries looked at or made, in all maps: what an evaluation has cost so far. */
export const work = { done: 0 }

export type Join<V> = (mine: V | undefined, others: V | undefined, name: string) => V

interface Node<V> {
  readonly name: string
  readonly value: V
  readonly size: number
  readonly left: Tree<V>
  readonly right: Tree<V>
  /** The last two changes that are known to do nothing here. */
  settled: string | undefined
  settledBefore: string | undefined
}
type Tree<V> = Node<V> | undefined

function sizeOf<V>(tree: Tree<V>): number {
  return tree === undefined ? 0 : tree.size
}

function nodeOf<V>(tree: Tree<V>, name: string): Tree<V> {
  let at = tree
  while (at !== undefined && at.name !== name) at = name < at.name ? at.left : at.right
  return at
}

/** Every node in the order of names. */
function* nodesOf<V>(tree: Tree<V>): Generator<Node<V>> {
  const path: Node<V>[] = []
  let at = tree
  while (at !== undefined || path.length > 0) {
    while (at !== undefined) {
      path.push(at)
      at = at.left
    }
    const next = path.pop() as Node<V>
    work.done++
    yield next
    at = next.right
  }
}

function node<V>(left: Tree<V>, name: string, value: V, right: Tree<V>): Node<V> {
  work.done++
  return {
    name,
    value,
    size: sizeOf(left) + 1 + sizeOf(right),
    left,
    right,
    settled: undefined,
    settledBefore: undefined,
  }
}

function holding<V>({ name, size, left, right }: Node<V>, value: V): Node<V> {
  return { name, value, size, left, right, settled: undefined, settledBefore: undefined }
}

const delta = 3 // how many times as heavy one side may be
const gamma = 2 // from which weight of the inner grandchild on one rotation is not enough

const isHeavy = (one: number, other: number) => one + 1 > delta * (other + 1)

/** A node over two trees of which one may have become too heavy by one entry. */
function balanced<V>(left: Tree<V>, name: string, value: V, right: Tree<V>): Node<V> {
  if (right !== undefined && isHeavy(right.size, sizeOf(left))) {
    const inner = right.left
    if (inner === undefined || sizeOf(inner) + 1 < gamma * (sizeOf(right.right) + 1))
      return node(node(left, name, value, inner), right.name, right.value, right.right)
    return node(
      node(left, name, value, inner.left),
      inner.name,
      inner.value,
      node(inner.right, right.name, right.value, right.right),
    )
  }
  if (left !== undefined && isHeavy(left.size, sizeOf(right))) {
    const inner = left.right
    if (inner === undefined || sizeOf(inner) + 1 < gamma * (sizeOf(left.left) + 1))
      return node(left.left, left.name, left.value, node(inner, name, value, right))
    return node(
      node(left.left, left.name, left.value, inner.left),
      inner.name,
      inner.value,
      node(inner.right, name, value, right),
    )
  }
  return node(left, name, value, right)
}

function inserted<V>(tree: Tree<V>, name: string, value: V): Node<V> {
  if (tree === undefined) return node(undefined, name, value, undefined)
  if (name === tree.name) return tree.value === value ? tree : holding(tree, value)
  if (name < tree.name) {
    const left = inserted(tree.left, name, value)
    return left === tree.left ? tree : balanced(left, tree.name, tree.value, tree.right)
  }
  const right = inserted(tree.right, name, value)
  return right === tree.right ? tree : balanced(tree.left, tree.name, tree.value, right)
}

function deleted<V>(tree: Tree<V>, name: string): Tree<V> {
  if (tree === undefined) return undefined
  if (name < tree.name) return balanced(deleted(tree.left, name), tree.name, tree.value, tree.right)
  if (name > tree.name) return balanced(tree.left, tree.name, tree.value, deleted(tree.right, name))
  if (tree.right === undefined) return tree.left
  let next = tree.right
  while (next.left !== undefined) next = next.left
  return balanced(tree.left, next.name, next.value, deleted(tree.right, next.name))
}

function mapped<V>(tree: Tree<V>, change: (value: V, name: string) => V): Tree<V> {
  if (tree === undefined) return undefined
  work.done++
  const left = mapped(tree.left, change)
  const value = change(tree.value, tree.name)
  const right = mapped(tree.right, change)
  return left === tree.left && value === tree.value && right === tree.right
    ? tree
    : { name: tree.name, value, size: tree.size, left, right, settled: undefined, settledBefore: undefined }
}

function settled<V>(tree: Tree<V>, key: string, change: (value: V, name: string) => V): Tree<V> {
  if (tree === undefined || tree.settled === key || tree.settledBefore === key) return tree
  work.done++
  const left = settled(tree.left, key, change)
  const value = change(tree.value, tree.name)
  const right = settled(tree.right, key, change)
  if (left === tree.left && value === tree.value && right === tree.right) {
    tree.settledBefore = tree.settled
    tree.settled = key
    return tree
  }
  const { name, size } = tree
  const settledBefore = key.startsWith('?') && tree.settled?.startsWith('?') ? tree.settled : undefined
  return { name, value, size, left, right, settled: key, settledBefore }
}

/** A tree of two whose sizes may differ at will, with an entry between them. */
function linked<V>(left: Tree<V>, name: string, value: V, right: Tree<V>): Node<V> {
  if (left !== undefined && isHeavy(left.size, sizeOf(right)))
    return balanced(left.left, left.name, left.value, linked(left.right, name, value, right))
  if (right !== undefined && isHeavy(right.size, sizeOf(left)))
    return balanced(linked(left, name, value, right.left), right.name, right.value, right.right)
  return node(left, name, value, right)
}

interface Split<V> {
  readonly left: Tree<V>
  readonly found: Tree<V>
  readonly right: Tree<V>
}

/** What comes before a name, what it stands for, what comes after it. */
function split<V>(tree: Tree<V>, name: string): Split<V> {
  if (tree === undefined) return { left: undefined, found: undefined, right: undefined }
  if (name === tree.name) return { left: tree.left, found: tree, right: tree.right }
  if (name < tree.name) {
    const { left, found, right } = split(tree.left, name)
    return { left, found, right: linked(right, tree.name, tree.value, tree.right) }
  }
  const { left, found, right } = split(tree.right, name)
  return { left: linked(tree.left, tree.name, tree.value, left), found, right }
}

function joinedTrees<V>(a: Tree<V>, b: Tree<V>, join: Join<V>): Tree<V> {
  if (a === b) return a
  if (b === undefined) return mapped(a, (value, name) => join(value, undefined, name))
  if (a === undefined) return mapped(b, (value, name) => join(undefined, value, name))
  work.done++
  const parts = split(b, a.name)
  const left = joinedTrees(a.left, parts.left, join)
  const value =
    parts.found !== undefined && parts.found.value === a.value
      ? a.value
      : join(a.value, parts.found?.value, a.name)
  const right = joinedTrees(a.right, parts.right, join)
  if (left === a.left && right === a.right) return value === a.value ? a : holding(a, value)
  return linked(left, a.name, value, right)
}
