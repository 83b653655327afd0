/** A text with asterisks for parts of any length, each as short as can be, as `parse` takes it. */
export type Glob = {
  wildcards: number
  /** What the asterisks stand for; undefined when the text does not hold it. */
  parts(text: string): string[] | undefined
}

export function globOf(pattern: string): Glob {
  const literals = pattern.split('*')
  const [first = '', ...rest] = literals
  const parts = (text: string) => {
    let at = text.indexOf(first)
    if (at < 0) return undefined
    at += first.length
    const found: string[] = []
    for (const [index, literal] of rest.entries()) {
      // The last asterisk, with nothing behind it, takes all that is left.
      const end = literal === '' && index === rest.length - 1 ? text.length : text.indexOf(literal, at)
      if (end < 0) return undefined
      found.push(text.slice(at, end))
      at = end + literal.length
    }
    return found
  }
  return { wildcards: rest.length, parts }
}
