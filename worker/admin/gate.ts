import { modesOf } from '../../durable-objects/authorization/modes.ts'
import { isSignedLink } from '../../durable-objects/kernel/namespace/download-links.ts'
import { namespaceStub } from '../../durable-objects/kernel/namespace/namespace-stub.ts'
import { isLocal } from '../../durable-objects/kernel/namespace/secret.ts'
import { NAMESPACE_PATTERN } from '../../aws/place.ts'
import { isKnownHost, isOwnOrigin } from '../hosts.ts'
import { type AdminContext, AdminError } from './admin.ts'
import { isDeployments, isRoots, type Proof, proofOf } from './proofs.ts'

/** For everybody: what AWS shows to everybody, and what a load balancer asks. The isolates' own door has its own key. */
const PUBLIC =
  /^\/(?:_(?:fakecloud|localstack)\/health|_fakecloud\/(?:sns\/cert\.pem|iam\/issuers\/.*|lambda\/_internal\/.*))$/
/** Links to these are signed where they are given out. */
const LINKED = /^\/_fakecloud\/lambda\/(?:function-code|layer-content)\//
const ONE = /^\/_fakecloud\/namespaces\/([^/]+)/
const ALL = /^\/_fakecloud\/namespaces\/?$/

/**
 * Who may use our own endpoints. Where the emulator is hosted: who shows the deployment's secret, and for one namespace
 * who shows a key of its root. On a developer's machine: everybody, but for namespaces that verify signatures, and for
 * pages of other origins, which a browser there may show.
 * @throws AdminError
 */
export async function admitAdmin(c: AdminContext, path: string): Promise<void> {
  if (PUBLIC.test(path)) return
  const proof = proofOf(c.req.raw.headers)
  const all = ALL.test(path)
  const namespace = ONE.exec(path)?.[1] ?? c.var.routed.namespace
  checkInside(c, all ? undefined : namespace)
  if (isDeployments(proof, c.env)) return
  if (isLocal(c.env)) checkBrowser(c)
  // Whether a namespace may be made anew is for its object to say.
  if (all) {
    if (isLocal(c.env) || (c.req.method === 'POST' && proof.key)) return
    throw refusal(proof, 'the secret of this deployment')
  }
  if (!NAMESPACE_PATTERN.test(namespace)) throw new AdminError(400, `${namespace} is not a namespace's name`)
  const { settings } = await namespaceStub(c.env, namespace).door()
  if (isLocal(c.env) && !modesOf(c.env, settings).verify) return
  if (isRoots(proof, c.env, settings) || isLink(c, path, settings.id)) return
  throw refusal(proof, `a key of the root of the namespace ${namespace}, or the secret of this deployment`)
}

/** What may be changed of a namespace that is there: all, by who shows its key or the deployment's secret. */
export async function mayChange(c: AdminContext, namespace: string): Promise<boolean> {
  const proof = proofOf(c.req.raw.headers)
  if (isDeployments(proof, c.env)) return true
  if (!proof.key) return false
  const { exists, settings } = await namespaceStub(c.env, namespace).door()
  if (exists && isRoots(proof, c.env, settings)) return true
  if (isLocal(c.env)) return false
  throw refusal(proof, 'the secret of this deployment')
}

function refusal(proof: Proof, wanted: string): AdminError {
  const shown = proof.secret !== undefined || proof.key !== undefined
  const how = 'as `Authorization: Bearer <secret or accessKeyId:secretAccessKey>`'
  return shown ? new AdminError(403, `This is not ${wanted}`) : new AdminError(401, `Show ${wanted}, ${how}`)
}

/** A function stays in its namespace here too. */
function checkInside(c: AdminContext, namespace: string | undefined): void {
  const { via } = c.var.routed
  if (!via || via.namespace === namespace) return
  throw new AdminError(403, 'A function does not steer other namespaces than its own')
}

function isLink(c: AdminContext, path: string, namespaceId: string | undefined): boolean {
  if (c.req.method !== 'GET' || namespaceId === undefined || !LINKED.test(path)) return false
  const { search } = new URL(c.req.url)
  return isSignedLink({ env: c.env, place: c.var.routed, namespaceId }, path + search)
}

/** A page of another origin, or one that came by a name of its own for this machine, is not the developer. */
function checkBrowser(c: AdminContext): void {
  const { headers } = c.req.raw
  if (c.var.routed.via) return
  const { host } = c.var.routed.wire
  if (!isKnownHost(host, c.env)) {
    const hint = 'name it by --allowed-hosts, --host or --external-url, or set FAKECLOUD_SECRET and show that'
    throw new AdminError(403, `${host} is not known for this emulator: ${hint}`)
  }
  const origin = headers.get('origin')
  if (origin !== null && !isOwnOrigin(origin, host)) {
    throw new AdminError(403, `A page of ${origin} may not steer this emulator`)
  }
}
