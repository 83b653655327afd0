/**
 * A message between objects ends at 32 MiB. Bytes in an input that might not fit travel as streams instead, and are bytes
 * again when the operation that takes them runs.
 */
type Fields = Record<string, unknown>

/** Members of an input by their names: at its top, or in a structure there. */
export type MemberPath = readonly [string] | readonly [string, string]

/** In bytes; some members of that size still fit. */
const LARGE = 4 * 1024 * 1024

const isLarge = (value: unknown) => value instanceof Uint8Array && value.byteLength > LARGE

const isStructure = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype

/** Which bytes of an input are too large to travel as such; undefined when none are, as nearly always. */
export function largeMembers(input: Fields): MemberPath[] | undefined {
  const paths: MemberPath[] = []
  for (const [name, value] of Object.entries(input)) {
    if (isLarge(value)) paths.push([name])
    else if (isStructure(value)) {
      for (const [inner, each] of Object.entries(value)) if (isLarge(each)) paths.push([name, inner])
    }
  }
  return paths.length > 0 ? paths : undefined
}

/** An input with its large bytes as streams. */
export function asStreams(input: Fields, paths: readonly MemberPath[]): Fields {
  return paths.reduce(
    (whole, path) => replaced(whole, path, new Blob([memberOf(whole, path) as Uint8Array]).stream()),
    input,
  )
}

/** The input as it was. */
export async function asBytes(input: Fields, paths: readonly MemberPath[] | undefined): Promise<Fields> {
  let whole = input
  for (const path of paths ?? []) {
    const stream = memberOf(input, path) as ReadableStream // made by asStreams
    whole = replaced(whole, path, new Uint8Array(await new Response(stream).arrayBuffer()))
  }
  return whole
}

function memberOf(input: Fields, [name, inner]: MemberPath): unknown {
  return inner === undefined ? input[name] : (input[name] as Fields)[inner]
}

function replaced(input: Fields, [name, inner]: MemberPath, value: unknown): Fields {
  return { ...input, [name]: inner === undefined ? value : { ...(input[name] as Fields), [inner]: value } }
}
