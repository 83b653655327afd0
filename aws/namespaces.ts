import { randomHex } from './ids.ts'
import { DEFAULT_NAMESPACE } from './place.ts'

/** Where `<namespace>.<domain>` addresses a namespace, when the launcher or deployment names no other. */
const DEFAULT_DOMAIN = 'fakecloud.localhost'

/** What of a request may name its namespace; the path as it was sent. */
export type Naming = { path: string; header: string | null | undefined; host: string }

const PREFIX = /^\/_ns\/([^/]+)(?=\/|$)/

/** `/_ns/<name>` at the head of a path. */
export function namespacePrefix(path: string): { prefix: string; name: string } | undefined {
  // Most paths have none.
  if (!path.startsWith('/_ns/')) return undefined
  const [prefix, name] = PREFIX.exec(path) ?? []
  return prefix === undefined || name === undefined ? undefined : { prefix, name }
}

/** The namespaces that a request names, what counts first: path prefix, header, host label. */
export function namedNamespaces({ path, header, host }: Naming, domain?: string): string[] {
  const names = [namespacePrefix(path)?.name, header, namespaceOfHost(host, domain)]
  return names.filter(name => typeof name === 'string')
}

/** The namespace that a request is for, which may be no name that one can have. */
export function namespaceOf(naming: Naming, domain?: string): string {
  return namedNamespaces(naming, domain)[0] ?? DEFAULT_NAMESPACE
}

export const bareHost = (host: string) => host.replace(/:\d+$/, '').toLowerCase()

/** The labels before the domain, nearest first: `a.b.<domain>` gives `['b', 'a']`; undefined for another domain. */
export function labelsUnder(host: string, domain: string | undefined): string[] | undefined {
  const name = bareHost(host)
  const end = `.${domain || DEFAULT_DOMAIN}`
  if (!name.endsWith(end)) return undefined
  return name.slice(0, -end.length).split('.').reverse()
}

/**
 * The namespace that a host names: the label next to the domain, `<namespace>.fakecloud.localhost`. A bucket's host
 * stands before it: `<bucket>.s3.<namespace>.fakecloud.localhost`.
 */
export function namespaceOfHost(host: string, domain: string | undefined): string | undefined {
  const label = labelsUnder(host, domain)?.[0]
  return label === 's3' ? undefined : label
}

/** For one that is made without a name. */
export const newNamespaceName = () => `ns-${randomHex(12)}`
