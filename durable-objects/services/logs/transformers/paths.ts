/** An event under transformation: JSON, its parts named by paths such as `user.name` or `list[0].id`. */
export type Event = Record<string, unknown>

function stepsOf(path: string): string[] {
  return path.split(/\.|\[(\d+)\]/).filter(step => step !== undefined && step !== '')
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

export function valueAt(event: Event, path: string): unknown {
  let value: unknown = event
  for (const step of stepsOf(path)) {
    if (!isObject(value) || !Object.hasOwn(value, step)) return undefined
    value = value[step]
  }
  return value
}

/** Writes a value, with the objects that lead to it; what stands in the way stays as it is. */
export function setAt(event: Event, path: string, value: unknown, overwrite = true): void {
  const steps = stepsOf(path)
  const last = steps.pop()
  if (last === undefined || last === '__proto__' || steps.includes('__proto__')) return
  let at: Record<string, unknown> = event
  for (const step of steps) {
    if (!Object.hasOwn(at, step)) at[step] = {}
    const next = at[step]
    if (!isObject(next)) return
    at = next
  }
  if (overwrite || !Object.hasOwn(at, last)) at[last] = value
}

export function deleteAt(event: Event, path: string): void {
  const steps = stepsOf(path)
  const last = steps.pop()
  const parent = steps.length === 0 ? event : valueAt(event, steps.join('.'))
  if (last !== undefined && isObject(parent)) delete parent[last]
}
