import { MathError, type Token, tokensOf } from '../math/tokens.ts'

/** A metric as a search sees it. */
export type Searched = { namespace: string; name: string; dimensions: readonly (readonly [string, string])[] }

export type Search = (metric: Searched) => boolean

const SCHEMA = /^\s*\{([^}]*)\}/

/**
 * Reads a search: `{AWS/Lambda,FunctionName} MetricName="Errors" work`.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
 * @throws MathError
 */
export function readSearch(text: string): Search {
  const schema = SCHEMA.exec(text)
  const inSchema = schema ? schemaOf(schema[1] ?? '') : () => true
  const rest = schema ? text.slice(schema[0].length) : text
  const matches = rest.trim() === '' ? () => true : termsOf(rest)
  return metric => inSchema(metric) && matches(metric)
}

/** The namespace, and the names of all dimensions. */
function schemaOf(text: string): Search {
  const [namespace = '', ...names] = text.split(',').map(part => part.trim().replace(/^"(.*)"$/, '$1'))
  const wanted = names.sort().join()
  return metric => {
    if (metric.namespace !== namespace) return false
    return (
      names.length === 0 ||
      metric.dimensions
        .map(([name]) => name)
        .sort()
        .join() === wanted
    )
  }
}

type State = { tokens: Token[]; at: number }

function termsOf(text: string): Search {
  const spaced = text.replaceAll(':', '=')
  const state: State = { tokens: tokensOf(spaced).map(asWord), at: 0 }
  const search = either(state)
  if (peek(state).kind !== 'end') throw new MathError(`Unexpected '${peek(state).text}' in a search`)
  return search
}

/** Numbers are words like any other here. */
const asWord = (token: Token): Token => (token.kind === 'number' ? { ...token, kind: 'name' } : token)

const peek = ({ tokens, at }: State): Token => tokens[at] ?? { kind: 'end', text: '' }
const is = (token: Token, text: string) => token.kind !== 'text' && token.text === text

function either(state: State): Search {
  const parts = [both(state)]
  while (is(peek(state), 'OR')) {
    state.at += 1
    parts.push(both(state))
  }
  return metric => parts.some(part => part(metric))
}

function both(state: State): Search {
  const parts = [one(state)]
  for (;;) {
    const next = peek(state)
    if (is(next, 'AND')) state.at += 1
    else if (next.kind === 'end' || is(next, 'OR') || is(next, ')')) return metric => parts.every(part => part(metric))
    parts.push(one(state))
  }
}

function one(state: State): Search {
  const token = peek(state)
  state.at += 1
  if (is(token, 'NOT') || is(token, '-')) {
    const inner = one(state)
    return metric => !inner(metric)
  }
  if (is(token, '(')) {
    const inner = either(state)
    if (!is(peek(state), ')')) throw new MathError("Expected ')' in a search")
    state.at += 1
    return inner
  }
  if (token.kind !== 'name' && token.kind !== 'text') throw new MathError(`Unexpected '${token.text}' in a search`)
  return is(peek(state), '=') ? property(state, token.text) : anywhere(token)
}

/** `MetricName="Errors"`, `FunctionName=(a OR b)` */
function property(state: State, name: string): Search {
  state.at += 1
  if (!is(peek(state), '(')) return valueAfter(state, name)
  state.at += 1
  const parts = [valueAfter(state, name)]
  while (is(peek(state), 'OR')) {
    state.at += 1
    parts.push(valueAfter(state, name))
  }
  if (!is(peek(state), ')')) throw new MathError("Expected ')' in a search")
  state.at += 1
  return metric => parts.some(part => part(metric))
}

function valueAfter(state: State, name: string): Search {
  const token = peek(state)
  state.at += 1
  if (token.kind !== 'name' && token.kind !== 'text') throw new MathError(`A search gives ${name} no value`)
  return metric => valuesOf(metric, name).some(value => fits(value, token))
}

function valuesOf({ namespace, name, dimensions }: Searched, property: string): string[] {
  if (property === 'MetricName') return [name]
  if (property === 'Namespace') return [namespace]
  return dimensions.flatMap(([own, value]) => (own === property ? [value] : []))
}

const anywhere =
  (token: Token): Search =>
  ({ namespace, name, dimensions }) =>
    [namespace, name, ...dimensions.flat()].some(value => fits(value, token))

/** In quotes as a whole; else by its words, of which one may be the beginning. */
function fits(value: string, { kind, text }: Token): boolean {
  if (kind === 'text') return value === text
  return words(value).includes(words(text).trim())
}

/** `AsyncEventAge` and `async-event age` are the same words. */
const words = (text: string) =>
  ` ${text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .toLowerCase()} `
