/** What a hop needs to say to have its place in a tree. `at` orders hops: ISO 8601. */
type Placed = { at: string; from: string; to: string }

export type JournalNode<Hop> = Hop & { children: JournalNode<Hop>[] }

/**
 * The hops of one causal chain as the tree that they are: each under the last hop before it that reached the resource
 * which it comes from. What nothing in the chain led to is a root.
 * @param hops in the order of time
 */
export function treeOf<Hop extends Placed>(hops: readonly Hop[]): JournalNode<Hop>[] {
  const nodes = hops.map(hop => ({ ...hop, children: [] as JournalNode<Hop>[] }))
  const parents = new Map<JournalNode<Hop>, JournalNode<Hop>>()
  const roots: JournalNode<Hop>[] = []
  for (const node of nodes) {
    const parent = nodes.findLast(
      other => other.at <= node.at && reaches(other, node) && !isUnder(parents, other, node),
    )
    if (parent) {
      parents.set(node, parent)
      parent.children.push(node)
    } else {
      roots.push(node)
    }
  }
  return roots
}

type Noted = { at: number; traceId: string; from: string; to: string }

/** Hops of one moment that are put in order; a clock that stands still has more, which stay as they are. */
const MOST_TIED = 200

/**
 * The newest hops of several objects in the order of time. Those of one moment stand as their object noted them, and
 * behind what led to them in other objects.
 * @param lists of one object each, in its order
 */
export function inOrder<Hop extends Noted>(lists: readonly (readonly Hop[])[], most: number): Hop[] {
  const all = lists.flatMap((list, of) => list.map(hop => ({ hop, of })))
  const newest = all.sort((one, other) => one.hop.at - other.hop.at).slice(-most)
  const moments = Map.groupBy(newest, ({ hop }) => hop.at)
  return [...moments.values()].flatMap(tied => (tied.length > MOST_TIED ? tied : untied(tied))).map(({ hop }) => hop)
}

function untied<Tied extends { hop: Noted; of: number }>(tied: readonly Tied[]): Tied[] {
  const left = [...tied]
  const isFirst = (each: Tied) => left.find(({ of }) => of === each.of) === each
  const waits = ({ hop, of }: Tied) =>
    left.some(other => other.of !== of && other.hop.traceId === hop.traceId && reaches(other.hop, hop))
  return tied.map(() => {
    const next = left.findIndex(each => isFirst(each) && !waits(each))
    // Where all wait for each other, any may be first.
    return left.splice(Math.max(next, 0), 1)[0] as Tied // there are as many left as are to come
  })
}

/** Whether a hop ended at the resource that another comes from: an object in its bucket, a function by whatever version. */
function reaches({ to }: { to: string }, { from }: { from: string }): boolean {
  return to === from || to.startsWith(`${from}:`) || to.startsWith(`${from}/`) || from.startsWith(`${to}:`)
}

/** Whether a node is another, or hangs below it: hops of the same millisecond have no order. */
function isUnder<Node>(parents: ReadonlyMap<Node, Node>, node: Node, other: Node): boolean {
  for (let at: Node | undefined = node; at !== undefined; at = parents.get(at)) if (at === other) return true
  return false
}
