/** A request's headers, read once: each look at the runtime's own crosses into it. Names in any case. */
export type RequestHeaders = Pick<Headers, 'get' | 'has'> & Iterable<[string, string]>

export function readHeaders(headers: Headers): RequestHeaders {
  const known = new Map(headers)
  const find = (name: string) => known.get(name) ?? known.get(name.toLowerCase())
  return {
    get: name => find(name) ?? null,
    has: name => find(name) !== undefined,
    [Symbol.iterator]: () => known.entries(),
  }
}

/** An answer's headers, by their names in lower case. */
export type AnswerHeaders = Map<string, string>
