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

/** Whether a hop ended at the resource that another comes from: an object in its bucket, a function by whatever version. */
function reaches({ to }: Placed, { from }: Placed): boolean {
  return to === from || to.startsWith(`${from}:`) || to.startsWith(`${from}/`) || from.startsWith(`${to}:`)
}

/** Whether a node is another, or hangs below it: hops of the same millisecond have no order. */
function isUnder<Node>(parents: ReadonlyMap<Node, Node>, node: Node, other: Node): boolean {
  for (let at: Node | undefined = node; at !== undefined; at = parents.get(at)) if (at === other) return true
  return false
}
