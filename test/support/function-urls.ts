import { request } from 'node:http'
import { inject } from 'vitest'

export type UrlReply = {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
  bytes: Buffer
}

type Sent = { method?: string; path?: string; headers?: Record<string, string>; body?: string | Uint8Array }

/** Asks a function URL by its own host, whatever the machine's resolver makes of it. */
export function askUrl(
  functionUrl: string,
  { method = 'GET', path = '', headers = {}, body }: Sent = {},
): Promise<UrlReply> {
  const { host } = new URL(functionUrl)
  const { hostname, port } = new URL(inject('emulatorUrl'))
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path: `/${path}`, headers: { ...headers, host } }, reply => {
      const chunks: Buffer[] = []
      reply.on('data', chunk => chunks.push(chunk))
      reply.once('error', reject)
      reply.once('end', () => {
        const bytes = Buffer.concat(chunks)
        resolve({ status: reply.statusCode ?? 0, headers: reply.headers, body: bytes.toString(), bytes })
      })
    })
    sent.once('error', reject)
    sent.end(body)
  })
}
