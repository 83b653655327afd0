import { MathError, type Token, tokensOf } from './tokens.ts'

export type Node =
  | { kind: 'number'; value: number }
  | { kind: 'text'; value: string }
  | { kind: 'name'; name: string }
  | { kind: 'list'; items: Node[] }
  | { kind: 'call'; name: string; args: Node[] }
  | { kind: 'negative'; of: Node }
  | { kind: 'operation'; sign: string; left: Node; right: Node }

/** Signs by how loosely they bind. */
const LEVELS: readonly (readonly string[])[] = [
  ['||', 'OR'],
  ['&&', 'AND'],
  ['==', '!=', '<', '<=', '>', '>=', '='],
  ['+', '-'],
  ['*', '/'],
]
const DEEPEST = 100

type State = { tokens: Token[]; at: number; depth: number }

/**
 * Reads a metric math expression.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html#metric-math-syntax
 * @throws MathError
 */
export function parseMath(text: string): Node {
  const state: State = { tokens: tokensOf(text), at: 0, depth: 0 }
  const node = parseLevel(state, 0)
  const rest = peek(state)
  if (rest.kind !== 'end') throw new MathError(`Unexpected '${rest.text}'`)
  return node
}

const peek = (state: State): Token => state.tokens[state.at] ?? { kind: 'end', text: 'the end' }

function take(state: State): Token {
  const token = peek(state)
  state.at += 1
  return token
}

function expect(state: State, sign: string): void {
  const token = take(state)
  if (token.kind !== 'sign' || token.text !== sign) throw new MathError(`Expected '${sign}' before '${token.text}'`)
}

const isSign = ({ kind, text }: Token, sign: string) => kind === 'sign' && text === sign

function parseLevel(state: State, level: number): Node {
  const signs = LEVELS[level]
  if (!signs) return parsePower(state)
  let left = parseLevel(state, level + 1)
  for (;;) {
    const { kind, text } = peek(state)
    if ((kind !== 'sign' && kind !== 'name') || !signs.includes(text)) return left
    take(state)
    const sign = text === 'OR' ? '||' : text === 'AND' ? '&&' : text === '=' ? '==' : text
    left = { kind: 'operation', sign, left, right: parseLevel(state, level + 1) }
  }
}

/** Binds to the right, and more closely than a minus before it. */
function parsePower(state: State): Node {
  if (isSign(peek(state), '-')) {
    take(state)
    return { kind: 'negative', of: deeper(state, () => parsePower(state)) }
  }
  const base = parsePrimary(state)
  if (!isSign(peek(state), '^')) return base
  take(state)
  return { kind: 'operation', sign: '^', left: base, right: deeper(state, () => parsePower(state)) }
}

function deeper<T>(state: State, parse: () => T): T {
  state.depth += 1
  if (state.depth > DEEPEST) throw new MathError('The expression is nested too deeply')
  const result = parse()
  state.depth -= 1
  return result
}

function parsePrimary(state: State): Node {
  const token = take(state)
  if (token.kind === 'number') return { kind: 'number', value: Number(token.text) }
  if (token.kind === 'text') return { kind: 'text', value: token.text }
  if (token.kind === 'name') {
    if (!isSign(peek(state), '(')) return { kind: 'name', name: token.text }
    take(state)
    return { kind: 'call', name: token.text.toUpperCase(), args: deeper(state, () => parseItems(state, ')')) }
  }
  if (isSign(token, '[')) return { kind: 'list', items: deeper(state, () => parseItems(state, ']')) }
  if (!isSign(token, '(')) throw new MathError(`Unexpected '${token.text}'`)
  const node = deeper(state, () => parseLevel(state, 0))
  expect(state, ')')
  return node
}

function parseItems(state: State, end: string): Node[] {
  const items: Node[] = []
  if (isSign(peek(state), end)) {
    take(state)
    return items
  }
  for (;;) {
    items.push(parseLevel(state, 0))
    if (isSign(peek(state), ',')) take(state)
    else break
  }
  expect(state, end)
  return items
}

/** Names that an expression uses, for what must be computed before it. */
export function namesOf(node: Node): string[] {
  switch (node.kind) {
    case 'name':
      return [node.name]
    case 'list':
      return node.items.flatMap(namesOf)
    case 'call':
      return node.args.flatMap(namesOf)
    case 'negative':
      return namesOf(node.of)
    case 'operation':
      return [...namesOf(node.left), ...namesOf(node.right)]
    default:
      return []
  }
}

/** Functions that an expression calls. */
export function callsOf(node: Node): string[] {
  switch (node.kind) {
    case 'list':
      return node.items.flatMap(callsOf)
    case 'call':
      return [node.name, ...node.args.flatMap(callsOf)]
    case 'negative':
      return callsOf(node.of)
    case 'operation':
      return [...callsOf(node.left), ...callsOf(node.right)]
    default:
      return []
  }
}
