import type { SecureContextOptions } from 'node:tls'

const DAY_MS = 86_400_000
/** The longest that browsers and runtimes accept. */
const VALID_DAYS = 397

const NAMES = [
  'localhost',
  '*.localhost',
  '*.s3.localhost',
  '*.fakecloud.localhost',
  '*.s3.fakecloud.localhost',
  'amazonaws.com',
  '*.amazonaws.com',
  '*.s3.amazonaws.com',
]

/** A certificate of our own for local names and AWS's hosts in a region. Made when the first client speaks TLS. */
export async function makeCertificate(region: string): Promise<SecureContextOptions> {
  const { generate } = await import('selfsigned')
  const regional = [`*.${region}.amazonaws.com`, `*.s3.${region}.amazonaws.com`]
  const names = [...NAMES, ...regional].map(value => ({ type: 2 as const, value }))
  const addresses = ['127.0.0.1', '::1'].map(ip => ({ type: 7 as const, ip }))
  const pems = await generate([{ name: 'commonName', value: 'fakecloud' }], {
    notAfterDate: new Date(Date.now() + VALID_DAYS * DAY_MS),
    notBeforeDate: new Date(Date.now() - DAY_MS),
    keyType: 'ec',
    extensions: [{ name: 'subjectAltName', altNames: [...names, ...addresses] }],
  })
  return { key: pems.private, cert: pems.cert }
}
