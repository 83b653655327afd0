/** Marks bytes in JSON, which has no form of its own for them. A value's own keys that begin so get an `ESCAPE` more. */
const MARK = '$fakecloud-bytes'
const ESCAPE = '~'

type Fields = Record<string, unknown>

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isMarked = (value: Fields) => Object.keys(value).some(key => key.startsWith(MARK))

function renamed(value: Fields, rename: (key: string) => string): Fields {
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key.startsWith(MARK) ? rename(key) : key, each]),
  )
}

/** JSON of a value that may hold bytes. */
export function jsonWithBytes(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => {
    if (each instanceof Uint8Array) return { [MARK]: Buffer.from(each).toString('base64') }
    return isObject(each) && isMarked(each) ? renamed(each, key => key + ESCAPE) : each
  })
}

/** The value again, bytes as bytes. */
export function parseWithBytes(text: string): unknown {
  if (!text.includes(MARK)) return JSON.parse(text)
  return JSON.parse(text, (_key, each: unknown) => {
    if (!isObject(each) || !isMarked(each)) return each
    const bytes = Object.hasOwn(each, MARK) ? each[MARK] : undefined
    if (typeof bytes === 'string') return Uint8Array.from(Buffer.from(bytes, 'base64'))
    return renamed(each, key => key.slice(0, -ESCAPE.length))
  })
}
