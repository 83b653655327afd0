import { liesIn, type Network, parseNetwork } from './policy-values.ts'

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json }
type Leaf = string | number | boolean | null

/** One thing that a field may be. */
export type Matcher =
  | { kind: 'value'; value: Leaf }
  | { kind: 'exists'; exists: boolean }
  | { kind: 'test'; test: (value: Leaf) => boolean }

/** Whether a field's value, or one item of it, meets one of the matchers. Nothing is not a value. */
export function matches(matchers: readonly Matcher[], value: Json | undefined): boolean {
  const leaves = leavesOf(value)
  return matchers.some(matcher => {
    if (matcher.kind === 'exists') return matcher.exists === leaves.length > 0
    if (matcher.kind === 'value') return leaves.includes(matcher.value)
    return leaves.some(matcher.test)
  })
}

/** An object, and a list of nothing, has no value to match. */
function leavesOf(value: Json | undefined): Leaf[] {
  if (value === undefined) return []
  if (Array.isArray(value)) return value.flatMap(leavesOf)
  return typeof value === 'object' && value !== null ? [] : [value]
}

const ofText = (test: (text: string) => boolean): Matcher => ({
  kind: 'test',
  test: value => typeof value === 'string' && test(value),
})

export const prefix = (text: string) => ofText(value => value.startsWith(text))
export const suffix = (text: string) => ofText(value => value.endsWith(text))
export const equalsIgnoringCase = (text: string) => ofText(value => value.toLowerCase() === text.toLowerCase())
export const prefixIgnoringCase = (text: string) => ofText(value => value.toLowerCase().startsWith(text.toLowerCase()))
export const suffixIgnoringCase = (text: string) => ofText(value => value.toLowerCase().endsWith(text.toLowerCase()))
export function cidr(network: Network): Matcher {
  return ofText(value => {
    const address = value.includes('/') ? undefined : parseNetwork(value)
    return address !== undefined && liesIn(address, network)
  })
}

/** `*` stands for any characters; a backslash takes the meaning from it and from itself. */
export function wildcard(pattern: string): Matcher {
  const literals: string[] = ['']
  for (const [part] of pattern.matchAll(/\\[*\\]|./gs)) {
    if (part === '*') literals.push('')
    else literals.push(literals.pop() + part.slice(-1))
  }
  return ofText(value => holdsInOrder(value, literals))
}

/** Whether a text begins with the first literal, ends with the last, and has the others between them in their order. */
function holdsInOrder(text: string, literals: readonly string[]): boolean {
  const [first = '', ...others] = literals
  const last = others.pop()
  if (last === undefined) return text === first
  if (!text.startsWith(first) || !text.endsWith(last)) return false
  let at = first.length
  for (const literal of others) {
    const found = text.indexOf(literal, at)
    if (found < 0) return false
    at = found + literal.length
  }
  return at <= text.length - last.length
}

/** Meets every value, of whatever type, that none of the others meets. */
export function anythingBut(others: readonly Matcher[]): Matcher {
  return { kind: 'test', test: value => !matches(others, value) }
}

export type Comparison = { operator: '=' | '<' | '<=' | '>' | '>='; bound: number }

export function numeric(comparisons: readonly Comparison[]): Matcher {
  return {
    kind: 'test',
    test: value => typeof value === 'number' && comparisons.every(each => compare(value, each)),
  }
}

function compare(value: number, { operator, bound }: Comparison): boolean {
  switch (operator) {
    case '=':
      return value === bound
    case '<':
      return value < bound
    case '<=':
      return value <= bound
    case '>':
      return value > bound
    case '>=':
      return value >= bound
  }
}
