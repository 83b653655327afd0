import { NodeHttpHandler } from '@smithy/node-http-handler'

type ClientConfig = {
  endpoint: string
  region: string
  credentials: { accessKeyId: string; secretAccessKey: string }
  maxAttempts: number
  forcePathStyle: boolean
  requestHandler: NodeHttpHandler
}

/** The emulator under test, which keeps its address over its deaths. */
export type Endpoint = {
  url: string
  /** An official client that tries once: who sends knows what was acknowledged. */
  client<C>(make: new (config: ClientConfig) => C): C
  /** Calls one of the emulator's own endpoints. */
  admin<T>(method: string, path: string, body?: unknown): Promise<T>
}

export function endpointAt(url: string): Endpoint {
  return {
    url,
    client: make =>
      new make({
        endpoint: url,
        region: 'us-east-1',
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
        maxAttempts: 1,
        forcePathStyle: true,
        requestHandler: new NodeHttpHandler({
          connectionTimeout: 3000,
          requestTimeout: 20_000,
          throwOnRequestTimeout: true,
        }),
      }),
    admin: async <T>(method: string, path: string, body?: unknown) => {
      const response = await fetch(url + path, body === undefined ? { method } : { method, body: JSON.stringify(body) })
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
      return (await response.json()) as T // the endpoint's documented shape
    },
  }
}
