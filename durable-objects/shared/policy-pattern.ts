/** A policy variable: `${aws:username}`, or `${aws:username, 'nobody'}`. */
type Variable = { key: string; fallback: string | undefined }

/** A text of a policy with its wildcards and variables, read once. Numbers are UTF-16 code units, or a wildcard. */
export type Pattern = { text: string; parts: readonly (number | Variable)[]; fixed: boolean }

/** The one value of a context key, which has no case; undefined when the request has none, or several. */
export type Lookup = (key: string) => string | undefined

const ONE = -1
const MANY = -2

/** What `${*}`, `${?}` and `${$}` stand for: the character itself. */
const ESCAPES = new Set(['*', '?', '$'])

/**
 * Reads a text with `*` and `?` for any characters and any one.
 * @param variables whether `${…}` is a variable, as from version 2012-10-17 on; else it is text like any other
 */
export function parsePattern(text: string, variables: boolean): Pattern {
  const parts: (number | Variable)[] = []
  for (let i = 0; i < text.length; i++) {
    const end = variables && text.startsWith('${', i) ? text.indexOf('}', i) : -1
    if (end === -1) {
      parts.push(tokenOf(text, i))
      continue
    }
    parts.push(variableOf(text.slice(i + 2, end)))
    i = end
  }
  return { text, parts, fixed: parts.every(part => typeof part === 'number') }
}

function tokenOf(text: string, at: number): number {
  const unit = text.charCodeAt(at)
  if (unit === 42) return MANY
  return unit === 63 ? ONE : unit
}

function variableOf(inside: string): number | Variable {
  if (ESCAPES.has(inside)) return inside.charCodeAt(0)
  const comma = inside.indexOf(',')
  if (comma === -1) return { key: inside.trim(), fallback: undefined }
  const fallback = inside.slice(comma + 1).trim()
  const quoted = fallback.length > 1 && fallback.startsWith("'") && fallback.endsWith("'")
  return { key: inside.slice(0, comma).trim(), fallback: quoted ? fallback.slice(1, -1) : fallback }
}

/** The tokens of a pattern for one request; undefined when a variable has no value. Values are taken literally. */
function tokensOf(pattern: Pattern, lookup: Lookup): readonly number[] | undefined {
  if (pattern.fixed) return pattern.parts as readonly number[] // `fixed` says that no part is a variable
  const tokens: number[] = []
  for (const part of pattern.parts) {
    if (typeof part === 'number') {
      tokens.push(part)
      continue
    }
    const value = lookup(part.key) ?? part.fallback
    if (value === undefined) return undefined
    for (let i = 0; i < value.length; i++) tokens.push(value.charCodeAt(i))
  }
  return tokens
}

/** The pattern as plain text, its wildcards being characters like others; undefined when a variable has no value. */
export function expand(pattern: Pattern, lookup: Lookup): string | undefined {
  if (pattern.fixed && !pattern.text.includes('${')) return pattern.text
  const tokens = tokensOf(pattern, lookup)
  if (!tokens) return undefined
  let text = ''
  for (const token of tokens) text += token === MANY ? '*' : token === ONE ? '?' : String.fromCharCode(token)
  return text
}

/** Whether the whole text is of the pattern. A pattern with a variable that has no value matches nothing. */
export function matches(pattern: Pattern, text: string, lookup: Lookup): boolean {
  const tokens = tokensOf(pattern, lookup)
  return tokens !== undefined && glob(tokens, text)
}

/** Whether an ARN is of the pattern, part by part: a wildcard stays within its part, the last one takes the rest. */
export function matchesArn(pattern: Pattern, arn: string, lookup: Lookup): boolean {
  const tokens = tokensOf(pattern, lookup)
  if (!tokens) return false
  const values = arnParts(arn.length, at => arn[at] === ':')
  const wanted = arnParts(tokens.length, at => tokens[at] === 58)
  if (!values || !wanted) return false
  return wanted.every(([from, to], i) => {
    const [start, end] = values[i] ?? [0, 0]
    return glob(tokens.slice(from, to), arn.slice(start, end))
  })
}

/** Where the six parts of an ARN lie; undefined when there are fewer. */
function arnParts(length: number, isColon: (at: number) => boolean): [number, number][] | undefined {
  const parts: [number, number][] = []
  let from = 0
  for (let at = 0; at < length && parts.length < 5; at++) {
    if (!isColon(at)) continue
    parts.push([from, at])
    from = at + 1
  }
  return parts.length === 5 ? [...parts, [from, length]] : undefined
}

/**
 * Matches without ever going back: what is before the first `*` and after the last lies at the ends, and each run
 * between two is best placed at its first occurrence.
 */
function glob(tokens: readonly number[], text: string): boolean {
  const first = tokens.indexOf(MANY)
  if (first === -1) return tokens.length === text.length && liesAt(tokens, text, 0)
  const last = tokens.lastIndexOf(MANY)
  const end = text.length - (tokens.length - last - 1)
  if (end < first || !liesAt(tokens.slice(0, first), text, 0)) return false
  if (!liesAt(tokens.slice(last + 1), text, end)) return false
  let at = first
  for (let from = first + 1; from <= last; ) {
    const to = tokens.indexOf(MANY, from)
    const found = to === from ? at : endOfFirst(tokens.slice(from, to), text.slice(at, end), at)
    if (found === -1) return false
    at = found
    from = to + 1
  }
  return true
}

function liesAt(tokens: readonly number[], text: string, at: number): boolean {
  return tokens.every((token, i) => token === ONE || token === text.charCodeAt(at + i))
}

/**
 * Where the first occurrence of a run without `*` ends, plus `offset`; -1 when there is none. Shift-And: one bit a
 * token, so that the cost is the text's length times the run's length over 32, whatever both contain.
 */
function endOfFirst(run: readonly number[], text: string, offset: number): number {
  if (run.length > text.length) return -1
  const words = Math.ceil(run.length / 32)
  const { masks, other } = masksOf(run, words)
  const state = new Uint32Array(words)
  const done = 1 << ((run.length - 1) & 31)
  for (let i = 0; i < text.length; i++) {
    const mask = masks.get(text.charCodeAt(i)) ?? other
    let carry = 1
    for (let word = 0; word < words; word++) {
      const bits = state[word] ?? 0
      state[word] = ((bits << 1) | carry) & (mask[word] ?? 0)
      carry = bits >>> 31
    }
    if ((state[words - 1] ?? 0) & done) return offset + i + 1
  }
  return -1
}

/** For each character of the run, the positions that take it; `other` for every character that the run does not name. */
function masksOf(run: readonly number[], words: number): { masks: Map<number, Uint32Array>; other: Uint32Array } {
  const other = new Uint32Array(words)
  const set = (mask: Uint32Array, at: number) => {
    mask[at >>> 5] = (mask[at >>> 5] ?? 0) | (1 << (at & 31))
  }
  for (const [at, token] of run.entries()) if (token === ONE) set(other, at)
  const masks = new Map<number, Uint32Array>()
  for (const [at, token] of run.entries()) {
    if (token === ONE) continue
    const mask = masks.get(token) ?? other.slice()
    set(mask, at)
    masks.set(token, mask)
  }
  return { masks, other }
}

/** The context keys that a pattern's variables name, as written. */
export function variablesOf({ parts }: Pattern): string[] {
  return parts.flatMap(part => (typeof part === 'number' ? [] : [part.key]))
}
