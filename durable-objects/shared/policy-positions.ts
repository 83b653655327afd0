/** A place in a text: lines and columns count from 1. */
export type Position = { Line: number; Column: number }
export type Span = { start: Position; end: Position }

/**
 * Where the statements of a policy lie, in their order: each from after its opening brace to after its closing one,
 * which is how AWS's simulator tells of them. The text must be JSON.
 */
export function statementSpans(document: string): Span[] {
  const spans: Span[] = []
  const open: { bracket: string; key: string }[] = []
  let key = ''
  let from = 0
  for (const { at, text } of tokens(document)) {
    if (text.startsWith('"')) {
      key = open.length === 1 ? text : key
    } else if (text === '{' || text === '[') {
      open.push({ bracket: text, key })
      if (text === '{' && isStatement(open)) from = at + 1
    } else {
      if (text === '}' && isStatement(open)) {
        spans.push({ start: positionOf(document, from), end: positionOf(document, at + 1) })
      }
      open.pop()
    }
  }
  return spans
}

/** The innermost brace opens the value of `Statement`, or an item of it. */
function isStatement(open: readonly { bracket: string; key: string }[]): boolean {
  const depth = open.length
  if (open[1]?.key !== '"Statement"') return false
  return depth === 2 ? open[1].bracket === '{' : depth === 3 && open[1].bracket === '[' && open[2]?.bracket === '{'
}

/** Strings, braces and brackets; all else of JSON does not matter here. */
function* tokens(document: string): Iterable<{ at: number; text: string }> {
  for (const match of document.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/gs)) yield { at: match.index, text: match[0] }
}

function positionOf(document: string, at: number): Position {
  const before = document.slice(0, at).split('\n')
  return { Line: before.length, Column: (before.at(-1)?.length ?? 0) + 1 }
}
