import { inject } from 'vitest'

type ClientConfig = {
  endpoint: string
  region: string
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }
  maxAttempts: number
  forcePathStyle: boolean
}

/** What a test works with: a namespace of its own, official clients that speak to it, and the admin endpoints. */
export type TestClients = {
  namespace: string
  /** The endpoint of the namespace, for any AWS client. */
  url: string
  client<C>(make: new (config: ClientConfig) => C, overrides?: Partial<ClientConfig>): C
  /** Calls an admin endpoint of the namespace and answers its JSON; throws on any refusal. */
  admin<T = unknown>(method: string, path: string, body?: unknown): Promise<T>
}

const random = () => crypto.randomUUID().replaceAll('-', '').slice(0, 12)

/** The key of a namespace's root, which the admin endpoints ask for where signatures are verified. */
type RootKey = { accessKeyId: string; secretAccessKey: string }

/** Clients in a fresh namespace, so that tests run beside each other and clean nothing up. */
export function testClients(namespace = `t-${random()}`, root?: RootKey): TestClients {
  const url = `${inject('emulatorUrl')}/_ns/${namespace}`
  const headers = root && { authorization: `Bearer ${root.accessKeyId}:${root.secretAccessKey}` }
  return {
    namespace,
    url,
    client: (make, overrides = {}) =>
      new make({
        endpoint: url,
        region: 'us-east-1',
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
        maxAttempts: 1,
        forcePathStyle: true,
        ...overrides,
      }),
    admin: async <T>(method: string, path: string, body?: unknown) => {
      const init = { method, ...(headers && { headers }), ...(body !== undefined && { body: JSON.stringify(body) }) }
      const response = await fetch(url + path, init)
      const text = await response.text()
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
      return JSON.parse(text) as T // the endpoint's documented shape
    },
  }
}

/**
 * Repeats a check until it passes, for what no settling read covers.
 * @throws the check's last error when the bound (milliseconds) is over
 */
export async function eventually<T>(check: () => Promise<T>, boundMs = 15_000): Promise<T> {
  const end = Date.now() + boundMs
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (Date.now() > end) throw error
      await new Promise(resolve => setTimeout(resolve, 25))
    }
  }
}
