import { type TestClients, testClients } from './clients.ts'
import { type Key, type Reply, send, type Signed, type Signing, sign, type Unsigned } from './signing.ts'

/** A namespace that verifies signatures, its root's key, and signed requests to it. */
export type Verifying = {
  aws: TestClients
  root: Key
  host: string
  /** Signs by root, unless told otherwise; the path is that of the service, without the namespace. */
  signed(unsigned: Unsigned, signing: Partial<Signing> & { service: string }): Signed
  sent(request: Unsigned): Promise<Reply>
}

export async function verifying(modes: object = {}): Promise<Verifying> {
  const { namespace, admin } = testClients()
  const made = await admin<{ credentials: Key }>('POST', '/_fakecloud/namespaces', {
    name: namespace,
    verifySigv4: true,
    ...modes,
  })
  const root = made.credentials
  const aws = testClients(namespace, root)
  const { host } = new URL(aws.url)
  return {
    aws,
    root,
    host,
    signed: (unsigned, signing) =>
      sign(host, { ...unsigned, path: `/_ns/${aws.namespace}${unsigned.path}` }, { key: root, ...signing }),
    sent: request => send(aws.url, request),
  }
}
