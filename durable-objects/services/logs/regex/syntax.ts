/** A regular expression, read. Its text is taken in UTF-16 units. */
export type Node =
  | { kind: 'set'; accepts: (character: string) => boolean }
  | { kind: 'assert'; holds: (text: string, at: number) => boolean }
  | { kind: 'group'; index: number; body: Node }
  | { kind: 'all'; parts: Node[] }
  | { kind: 'any'; options: Node[] }
  | { kind: 'repeat'; body: Node; min: number; max: number; lazy: boolean }

/** Groups within groups, so that reading them does not exhaust the stack. */
const MAX_DEPTH = 50

type Reader = { text: string; at: number; depth: number; names: (string | undefined)[]; ignoreCase: boolean }

/**
 * The expression and the names of its groups by their index, 0 being the whole; undefined when it is none, or uses what
 * cannot be matched in linear time (references back, looking around).
 */
export function readSyntax(source: string): { node: Node; names: (string | undefined)[] } | undefined {
  const ignoreCase = source.startsWith('(?i)')
  const reader: Reader = {
    text: ignoreCase ? source.slice(4) : source,
    at: 0,
    depth: 0,
    names: [undefined],
    ignoreCase,
  }
  const node = readAlternatives(reader)
  return node && reader.at === reader.text.length ? { node, names: reader.names } : undefined
}

function skip(reader: Reader, token: string): boolean {
  if (!reader.text.startsWith(token, reader.at)) return false
  reader.at += token.length
  return true
}

function skipMatch(reader: Reader, sticky: RegExp): RegExpExecArray | undefined {
  sticky.lastIndex = reader.at
  const found = sticky.exec(reader.text)
  if (found) reader.at += found[0].length
  return found ?? undefined
}

function readAlternatives(reader: Reader): Node | undefined {
  const options: Node[] = []
  do {
    const option = readSequence(reader)
    if (!option) return undefined
    options.push(option)
  } while (skip(reader, '|'))
  return options.length === 1 ? options[0] : { kind: 'any', options }
}

function readSequence(reader: Reader): Node | undefined {
  const parts: Node[] = []
  while (reader.at < reader.text.length && !/[|)]/.test(reader.text[reader.at] ?? '')) {
    const atom = readAtom(reader)
    const part = atom && readRepeat(reader, atom)
    if (!part) return undefined
    parts.push(part)
  }
  return { kind: 'all', parts }
}

const REPEAT = /([*+?])|\{(\d{1,4})(,(\d{0,4}))?\}/y

function readRepeat(reader: Reader, body: Node): Node | undefined {
  const found = skipMatch(reader, REPEAT)
  if (!found) return body
  const [, sign, least = '0', comma, most] = found
  const min = sign ? (sign === '+' ? 1 : 0) : Number(least)
  const max = sign ? (sign === '?' ? 1 : Infinity) : comma ? (most ? Number(most) : Infinity) : min
  if (max < min || body.kind === 'assert') return undefined
  const lazy = skip(reader, '?')
  // `a**` is no expression, nor are possessive repetitions.
  return skipMatch(reader, REPEAT) ? undefined : { kind: 'repeat', body, min, max, lazy }
}

const isWord = (character: string | undefined) => character !== undefined && /\w/.test(character)
const atBoundary = (text: string, at: number) => isWord(text[at - 1]) !== isWord(text[at])

const ASSERTIONS: Readonly<Record<string, (text: string, at: number) => boolean>> = {
  '^': (_text, at) => at === 0,
  $: (text, at) => at === text.length,
  '\\b': atBoundary,
  '\\B': (text, at) => !atBoundary(text, at),
}

const ATOM =
  /\^|\$|\\[bB]|\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\[^1-9kpPuxcAzZG]|\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[^()[\\*+?{|]|\{/sy

function readAtom(reader: Reader): Node | undefined {
  if (skip(reader, '(')) return readGroup(reader)
  const found = skipMatch(reader, ATOM)?.[0]
  if (found === undefined) return undefined
  const holds = ASSERTIONS[found]
  if (holds) return { kind: 'assert', holds }
  const accepts = acceptor(found, reader.ignoreCase)
  return accepts && { kind: 'set', accepts }
}

function readGroup(reader: Reader): Node | undefined {
  const name = skipMatch(reader, /\?P?<([A-Za-z_]\w*)>/y)?.[1]
  const silent = name === undefined && skip(reader, '?:')
  const index = silent ? 0 : reader.names.push(name) - 1
  reader.depth += 1
  const body = reader.depth > MAX_DEPTH ? undefined : readAlternatives(reader)
  reader.depth -= 1
  if (!body || !skip(reader, ')')) return undefined
  return silent ? body : { kind: 'group', index, body }
}

/** Whether a character belongs to an atom: a table for ASCII, and the language's own expressions beyond it. */
function acceptor(atom: string, ignoreCase: boolean): ((character: string) => boolean) | undefined {
  const whole = expressionOf(`^(?:${atom === '{' ? '\\{' : atom})$`, ignoreCase ? 'i' : '')
  if (!whole) return undefined
  const ascii = Array.from({ length: 128 }, (_, code) => whole.test(String.fromCharCode(code)))
  return character => ascii[character.charCodeAt(0)] ?? whole.test(character)
}

/** A native expression; undefined when the text is none. */
export function expressionOf(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags)
  } catch {
    return undefined
  }
}
