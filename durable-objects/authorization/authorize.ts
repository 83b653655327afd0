import { authenticate, checkLifetimes, type Verified } from './authentication.ts'
import { authorize } from './authorization.ts'
import { type Modes, modesOf } from './modes.ts'
import type { IamMode } from '../kernel/namespace/namespace-stub.ts'
import type { Env } from '../kernel/env.ts'
import type { NamespaceSettings } from '../kernel/namespace/namespace-stub.ts'
import type { Admitted, Door as KernelDoor, Gate } from '../kernel/object/catalog.ts'
import type { Caller, Ctx, OperationRequest, ServiceDefinition } from '../kernel/object/operation.ts'
import { AwsError } from '../../aws/errors.ts'
import { evaluateResourcePolicy } from '../shared/policy.ts'
import { readPolicy } from '../shared/policy-document.ts'
import { unframe } from './unframe.ts'

/** Who may come in, where these modes hold. */
export function gateOf(env: Env, settings: NamespaceSettings): Gate {
  const modes = modesOf(env, settings)
  return {
    admit: (request, door) => admit(request, { ...door, modes }),
    admitNearby: (ctx, definition, input) => {
      if (modeFor(ctx, modes) !== 'off') return false
      authorizeService(ctx, definition, input)
      return true
    },
  }
}

type Door = KernelDoor & { modes: Modes }

/**
 * Lets a request in, or refuses it: by its signature, and by the policies of who calls and what is called on. Where
 * nothing is to be checked this costs nothing.
 */
async function admit(request: OperationRequest, door: Door): Promise<Admitted> {
  const { definition, modes } = door
  const guarded = modes.verify || modes.iam !== 'off'
  if (guarded && definition.doorAccess?.(door.context(), request.input) === 'open') {
    request.caller = callerOf(request, modes)
    return { ctx: door.context(), input: request.input }
  }
  const verified = await authenticateRequest(request, door)
  request.caller = callerOf(request, modes, verified)
  const { input, trailers } = unframe(request, verified)
  const ctx = door.context(trailers)
  authorizeService(ctx, definition, input)
  const mode = modeFor(ctx, modes)
  if (mode !== 'off') await authorize({ ctx, definition, input, mode }, modes)
  return { ctx, input }
}

/**
 * Who calls, once and for all. Where signatures are verified, whoever comes from outside and has proved nothing is
 * nobody, whatever the request names.
 */
function callerOf({ caller, signed }: OperationRequest, { verify, rootKey }: Modes, verified?: Verified): Caller {
  if (verify && signed && !verified) return { accountId: caller.accountId, anonymous: true, via: caller.via }
  // Its letters do not tell: only the namespace knows its root's key.
  return rootKey !== undefined && caller.accessKeyId === rootKey ? { ...caller, root: true } : caller
}

/**
 * Checks how a request from outside is signed. What ends (presigned URLs, sessions) ends always; signatures are
 * verified where the namespace asks for it.
 */
function authenticateRequest(
  request: OperationRequest,
  { modes, context }: Door,
): Promise<Verified | undefined> | undefined {
  const { signed, caller } = request
  if (!signed || !(signed.lifetime || caller.session || modes.verify)) return undefined
  const ctx = context()
  checkLifetimes(ctx, signed)
  return modes.verify ? authenticate(ctx, signed, modes) : undefined
}

function modeFor({ caller, signed }: Ctx, modes: Modes): IamMode {
  const { service, anonymous, accessKeyId, session } = caller
  // A service that calls as a role may do what the role may; those that are linked to services may what these do.
  if (service !== undefined && (!session || session.roleArn.includes(':role/aws-service-role/'))) return 'off'
  // Where signatures are verified, who has none gets what resources' policies give to all.
  if (anonymous) return signed?.open ? 'off' : modes.verify ? 'strict' : modes.iam
  return accessKeyId === undefined && session === undefined ? 'off' : modes.iam
}

/** Policies that an object keeps ready to be asked. */
const MOST_POLICIES = 200

function keptPolicy(ctx: Ctx, document: string): ReturnType<typeof readPolicy> {
  const kept = ctx.memory('authorization.policies', () => new Map<string, ReturnType<typeof readPolicy>>())
  if (kept.has(document)) return kept.get(document)
  if (kept.size >= MOST_POLICIES) kept.clear()
  const policy = readPolicy(document)
  kept.set(document, policy)
  return policy
}

/**
 * AWS asks a resource's policy whenever another service calls on it (S3 into a queue, SNS into a function), whatever
 * the account's own policies say.
 */
function authorizeService(ctx: Ctx, definition: ServiceDefinition, input: Record<string, unknown>): void {
  const { caller } = ctx
  if (!caller.service || !caller.sourceArn || !definition.resourcePolicy) return
  const policy = definition.resourcePolicy(ctx, ctx.operation, input)
  if (!policy) return
  const asked = {
    action: policy.action,
    resource: policy.resource,
    principal: { service: caller.service },
    context: { 'aws:SourceArn': caller.sourceArn, 'aws:SourceAccount': caller.accountId, ...policy.context },
  }
  const decision = evaluateResourcePolicy(policy.document, asked, document => keptPolicy(ctx, document))
  if (decision === 'allow') return
  const who = `${caller.service} (source ${caller.sourceArn})`
  const why = decision === 'deny' ? 'with an explicit deny in' : 'because no statement allows it in'
  const message = `${who} is not authorized to perform: ${policy.action} on resource: ${policy.resource} ${why} a resource-based policy`
  throw new AwsError('AccessDeniedException', message, 403)
}
