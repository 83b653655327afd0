import { namespaceOf } from '../../aws/namespaces.ts'
import { DEFAULT_NAMESPACE, NAMESPACE_PATTERN } from '../../aws/place.ts'

/** What of a request's head says whom it is for: the target as it was sent, and the header that names a namespace. */
export type Sent = { target: string; host: string; namespace: string | undefined }

/** Whom a request is for: what lives in one namespace, or the emulator as a whole. */
export type Addressed = { namespace: string } | 'all'

/** What the Worker's URL parser makes another path of. */
const RESOLVED = /\\|[/\\](?:\.|%2e){1,2}(?=[/\\?#]|$)/i
const AUTHORITY = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i

/** Namespaces of all workers, and whether all are well; with a namespace before them the latter is that one's. */
const ALL = /^\/_fakecloud\/namespaces\/?$/
const HEALTH = /^\/_(?:fakecloud|localstack)\/health$/
const ONE = /^\/_fakecloud\/namespaces\/([^/]+)/

/** As the Worker will read it. What names no namespace that can be is for the default one's worker to refuse. */
export function addressedBy({ target, host, namespace: header }: Sent, domain: string | undefined): Addressed {
  const path = target.replace(AUTHORITY, '').split(/[?#]/, 1)[0] ?? ''
  const named = namespaceOf({ path, header, host }, domain)
  const namespace = NAMESPACE_PATTERN.test(named) ? named : DEFAULT_NAMESPACE
  if (!path.includes('/_')) return { namespace }
  const own = resolved(path).replace(/^\/_ns\/[^/]+/, '')
  if (ALL.test(own) || (HEALTH.test(own) && namespace === DEFAULT_NAMESPACE)) return 'all'
  const one = decoded(ONE.exec(own)?.[1] ?? '')
  return { namespace: NAMESPACE_PATTERN.test(one) ? one : namespace }
}

function resolved(path: string): string {
  return RESOLVED.test(path) && URL.canParse(path, 'http://x') ? new URL(path, 'http://x').pathname : path
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
