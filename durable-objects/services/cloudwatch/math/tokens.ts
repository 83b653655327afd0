/** A mistake in an expression, in words for whoever wrote it. */
export class MathError extends Error {}

export type Token = { kind: 'number' | 'name' | 'text' | 'sign' | 'end'; text: string }

const SIGNS = ['<=', '>=', '==', '!=', '&&', '||', '(', ')', '[', ']', ',', '+', '-', '*', '/', '^', '<', '>', '=']
const NUMBER = /^(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/
const NAME = /^[A-Za-z_][A-Za-z0-9_.]*/

/** Expressions longer than AWS takes are refused before they get here. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < text.length; ) {
    const rest = text.slice(at)
    const space = /^\s+/.exec(rest)
    if (space) {
      at += space[0].length
      continue
    }
    const token = tokenAt(rest)
    tokens.push(token.token)
    at += token.length
  }
  return [...tokens, { kind: 'end', text: 'the end' }]
}

function tokenAt(rest: string): { token: Token; length: number } {
  const quote = rest[0]
  if (quote === '"' || quote === "'") return quoted(rest, quote)
  const number = NUMBER.exec(rest)?.[0]
  if (number !== undefined) return { token: { kind: 'number', text: number }, length: number.length }
  const name = NAME.exec(rest)?.[0]
  if (name !== undefined) return { token: { kind: 'name', text: name }, length: name.length }
  const sign = SIGNS.find(each => rest.startsWith(each))
  if (sign === undefined) throw new MathError(`Unexpected character '${rest[0]}'`)
  return { token: { kind: 'sign', text: sign }, length: sign.length }
}

function quoted(rest: string, quote: string): { token: Token; length: number } {
  let text = ''
  for (let at = 1; at < rest.length; at++) {
    const char = rest[at] ?? ''
    if (char === quote) return { token: { kind: 'text', text }, length: at + 1 }
    if (char === '\\' && rest[at + 1] !== undefined) {
      at += 1
      text += rest[at]
    } else {
      text += char
    }
  }
  throw new MathError('A string does not end')
}
