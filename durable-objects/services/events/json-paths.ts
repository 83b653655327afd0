/** One step of a path: a member's name, a place in a list, or all there is. */
type Step = string | number | '*'
type Path = { step: Step; all: boolean }[]

const PIECE = /\.([^.[\]*'"\s]+)|\[(\d+)\]|\['([^']+)'\]|\["([^"]+)"\]|(\.\*|\[\*\])/y

/** Reads `$.detail.items[0]['a b']`; undefined when it is no path. */
export function readPath(text: string): Path | undefined {
  if (!text.startsWith('$')) return undefined
  const path: Path = []
  const piece = new RegExp(PIECE)
  piece.lastIndex = 1
  // `$.` means the whole, as `$` does.
  while (piece.lastIndex < text.length && text !== '$.') {
    const [, member, index, single, double, all] = piece.exec(text) ?? []
    const name = member ?? single ?? double
    if (all !== undefined) path.push({ step: '*', all: true })
    else if (name !== undefined) path.push({ step: name, all: false })
    else if (index !== undefined) path.push({ step: Number(index), all: false })
    else return undefined
  }
  return path
}

/** What a path leads to: one value, a list of those that `*` finds, or undefined. */
export function valueAt(text: string, document: unknown): unknown {
  const path = readPath(text)
  if (!path) return undefined
  const found = path.reduce<unknown[]>((values, step) => values.flatMap(value => follow(step, value)), [document])
  return path.some(({ all }) => all) ? found : found[0]
}

function follow({ step, all }: Path[number], value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  if (all) return Object.values(value)
  if (Array.isArray(value)) return typeof step === 'number' && step < value.length ? [value[step]] : []
  return Object.hasOwn(value, step) ? [Reflect.get(value, step)] : []
}
