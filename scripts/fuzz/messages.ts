/** An HTTP request before it becomes bytes. */
export type Message = {
  method: string
  path: string
  /** Without its question mark. */
  query: string
  headers: [name: string, value: string][]
  body: Uint8Array
}

/** A request's bytes as they go out. */
export function bytesOf({ method, path, query, headers, body }: Message): Buffer {
  const target = query === '' ? path : `${path}?${query}`
  const named = new Set(headers.map(([name]) => name.toLowerCase()))
  const framed = named.has('content-length') || named.has('transfer-encoding')
  const length = framed || (body.length === 0 && method === 'GET') ? [] : [`content-length: ${body.length}`]
  const lines = [
    `${method} ${target} HTTP/1.1`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...length,
    '',
    '',
  ]
  return Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), body])
}

export const headerOf = ({ headers }: Message, name: string) =>
  headers.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1]

/** The message with a header in place of any of that name. */
export function withHeader(message: Message, name: string, value: string): Message {
  const others = message.headers.filter(([key]) => key.toLowerCase() !== name.toLowerCase())
  return { ...message, headers: [...others, [name, value]] }
}

/** Texts in headers: no line ends, one byte a character. */
export const headerText = (text: string) =>
  [...Buffer.from(text.toWellFormed(), 'utf8').toString('latin1')].filter(each => each >= ' ' || each === '\t').join('')
