/** Levels that AWS reads; deeper documents are none to it. */
const DEEPEST = 1100

/** Whether JSON text is nested deeper than is read. */
export function isTooDeep(text: string): boolean {
  let depth = 0
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (quoted && char === '\\') at += 1
    else if (char === '"') quoted = !quoted
    else if (quoted) continue
    else if (char === '{' || char === '[') depth += 1
    else if (char === '}' || char === ']') depth -= 1
    if (depth > DEEPEST) return true
  }
  return false
}
