import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** A request that an endpoint got. */
export type Received = { method: string; path: string; headers: Record<string, string>; body: string }
type Answer = { status?: number; headers?: Record<string, string>; body?: string }

/** An HTTP server for one test: what it got, and what it answers. */
export async function apiServer(answer: (request: Received, at: number) => Answer | Promise<Answer> = () => ({})) {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    const got = await read(request)
    received.push(got)
    const { status = 200, headers = {}, body = '' } = await answer(got, received.length)
    response.writeHead(status, headers).end(body)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo // of a server that listens on TCP
  return { url: `http://127.0.0.1:${port}`, received }
}

async function read(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const { method = '', url = '' } = request
  const headers = request.headers as Record<string, string>
  return { method, path: url, headers, body: Buffer.concat(chunks).toString() }
}
