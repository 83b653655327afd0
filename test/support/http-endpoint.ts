import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export type Received = { headers: IncomingHttpHeaders; body: string }

/** An HTTP server of a test, that keeps what it got and answers as it is told. */
export type HttpEndpoint = {
  url: string
  received: Received[]
  /** Statuses of the next answers, then 200 again. */
  answers: number[]
}

export async function makeHttpEndpoint(): Promise<HttpEndpoint> {
  const received: Received[] = []
  const answers: number[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    received.push({ headers: request.headers, body })
    response.writeHead(answers.shift() ?? 200).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo // it listens on TCP
  return { url: `http://127.0.0.1:${port}/hook`, received, answers }
}
