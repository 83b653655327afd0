/** Marks bytes in JSON, which has no form of its own for them. */
const MARK = '$fakecloud-bytes'

/** JSON of a value that may hold bytes. */
export function jsonWithBytes(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    each instanceof Uint8Array ? { [MARK]: Buffer.from(each).toString('base64') } : each,
  )
}

/** The value again, bytes as bytes. */
export function parseWithBytes(text: string): unknown {
  if (!text.includes(MARK)) return JSON.parse(text)
  return JSON.parse(text, (_key, each: unknown) => {
    const bytes = typeof each === 'object' && each !== null && MARK in each ? each[MARK] : undefined
    return typeof bytes === 'string' ? Uint8Array.from(Buffer.from(bytes, 'base64')) : each
  })
}
