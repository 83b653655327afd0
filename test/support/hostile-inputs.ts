import type { Shape, Structure } from '../../aws/wire/shapes.ts'
import { type Target, targetsOf } from '../../scripts/fuzz/operations.ts'
import type { Random } from '../../scripts/fuzz/random.ts'
import { validInput, validValue } from '../../scripts/fuzz/values.ts'
import { NAMES } from '../../scripts/fuzz/world.ts'

/** Members by which an input names what is somewhere: a resource, a target, an address. */
const NAMING =
  /(?:arns?|urls?|uris?|buckets?|bucketname|endpoints?|location|source|destination|target|topic|queue|role|functionname|resources?|issuer|audience)$/i
const DEEPEST = 6

/** Nothing by chance: what an input must have, by names that are there. */
const PLAIN: Random = {
  next: () => 0,
  int: from => from,
  chance: probability => probability >= 0.9,
  pick: values => values[0] as (typeof values)[number], // none of these lists is empty
  bytes: length => new Uint8Array(length),
}
const TOPIC = 'arn:aws:sns:us-east-1:123456789012:fuzz'
const source = { random: PLAIN, known: new Map(Object.entries({ ...NAMES, TopicArn: [TOPIC], Protocol: ['http'] })) }

/** An operation and one member of its input that names something, as the way there. */
export type Naming = { target: Target; path: readonly string[] }

/** Every such member of every operation that is built, in its service's first form. */
export function namings(): Naming[] {
  return targetsOf([])
    .filter(({ built, form, model }) => built && form === model.forms[0])
    .flatMap(target => {
      const { input } = target.operation
      return input ? pathsIn(input).map(path => ({ target, path })) : []
    })
}

function pathsIn(shape: Structure, depth = 0): string[][] {
  return shape.members.flatMap(({ name, shape: of }) => {
    const below = inner(of)
    if (below.kind === 'string') return NAMING.test(name) ? [[name]] : []
    if (below.kind !== 'structure' || depth >= DEEPEST) return []
    return pathsIn(below, depth + 1).map(path => [name, ...path])
  })
}

/** What lists and maps are of. */
function inner(shape: Shape): Shape {
  if (shape.kind === 'list') return inner(shape.member)
  return shape.kind === 'map' ? inner(shape.value) : shape
}

/** An input that names that there, and is otherwise as the operation wants it. */
export function inputNaming({ target, path }: Naming, value: string): Record<string, unknown> {
  const { input } = target.operation
  return input ? withValue(input, { path, value }) : {}
}

type Placed = { path: readonly string[]; value: string }

function withValue(shape: Structure, { path: [name = '', ...path], value }: Placed): Record<string, unknown> {
  const member = shape.members.find(each => each.name === name)
  const own = member && valueAt(member.shape, { path, value })
  return shape.union ? { [name]: own } : { ...validInput(shape, source), [name]: own }
}

function valueAt(shape: Shape, placed: Placed): unknown {
  if (shape.kind === 'structure') return withValue(shape, placed)
  if (shape.kind === 'list') return [valueAt(shape.member, placed)]
  if (shape.kind === 'map') return { [String(validValue(shape.key, source))]: valueAt(shape.value, placed) }
  return placed.value
}
