import type { Dialect } from '../../aws/sigv4/proof.ts'
import { invalidToken, unknownKey } from '../../aws/sigv4/refusals.ts'
import type { Ctx, ServiceDefinition } from '../kernel/object/operation.ts'
import { UNCLAIMED } from '../../aws/place.ts'
import { isAccount, parseArn } from '../../aws/arn.ts'
import { readTags } from '../kernel/tags/tags.ts'
import { readPolicy } from '../shared/policy-document.ts'
import { type Decision, evaluate } from '../shared/policy-evaluate.ts'
import type { Access, Input } from '../shared/policy-access.ts'
import { contextKeys, tagKeys } from './context-keys.ts'
import { writeDecision } from './decisions.ts'
import { accessDenied, reasonText } from './denial.ts'
import { type Identity, identify } from './identity.ts'
import type { Modes } from './modes.ts'
import type { IamMode } from '../kernel/namespace/namespace-stub.ts'
import { accessOf } from './rules.ts'

/** An operation at its object's door. */
export type Entry = { ctx: Ctx; definition: ServiceDefinition; input: Input; mode: IamMode }

/**
 * Asks the policies of whoever calls, and of what is called on, whether an operation may be.
 * @param mode `soft` notes what would be denied, and lets it pass
 * @throws AwsError AWS's refusal, when the mode is `strict`
 */
export async function authorize(entry: Entry, modes: Modes): Promise<void> {
  const { ctx, input, mode } = entry
  const dialect = ctx.signed?.dialect ?? entry.definition.dialect ?? 'json'
  const identity = await identityOrRefusal(entry, modes, dialect)
  if (!identity || isOwnersWay(entry, identity)) return
  const asked = await accessOf(ctx, input, identity.arn)
  const decided = asked.map(access => ({ access, decision: decide(entry, identity, access) }))
  const refused = decided.find(({ decision }) => decision.decision !== 'allowed')
  for (const each of decided) note(entry, identity, each)
  if (!refused || mode !== 'strict') return
  const foreign = ownerOf(ctx, refused.access) !== identity.account
  throw accessDenied(dialect, { ...shown(identity, refused), foreign })
}

/** The owner of a bucket can always mend its policy, even one that denies all to everyone. */
function isOwnersWay({ ctx, definition }: Entry, { kind, account }: Identity): boolean {
  return kind === 'root' && account === ctx.place.account && definition.ownersWay?.(ctx.operation) === true
}

async function identityOrRefusal({ ctx, mode }: Entry, modes: Modes, dialect: Dialect): Promise<Identity | undefined> {
  const { signed, caller } = ctx
  const identity = signed?.strangeToken ? null : await identify(ctx, modes)
  if (identity) return identity
  const { accessKeyId = '' } = caller
  const refusal = signed?.strangeToken ? invalidToken(dialect) : unknownKey(dialect, accessKeyId)
  if (mode === 'strict') throw refusal
  const event = `${ctx.service}:${ctx.operation}`
  ctx.journal({
    from: accessKeyId,
    to: ctx.service,
    outcome: 'denied',
    event,
    reason: `${refusal.code}: ${refusal.message}`,
  })
  return undefined
}

type Decided = { access: Access; decision: Decision }

function decide({ ctx, definition, input }: Entry, identity: Identity, access: Access): Decision {
  const own = access.elsewhere ? undefined : resourcePolicy(ctx, definition, { input, access })
  const tags = access.elsewhere ? undefined : resourceTags(ctx, definition, { input, access })
  const context = { ...contextKeys(ctx, identity, { input, access }), ...resourceKeys(ctx, access, tags) }
  return evaluate(
    { ...identity.policies, ...(own && { resource: own }) },
    {
      action: access.action,
      resource: access.resource,
      principal: identity.principal,
      context,
      resourceAccount: ownerOf(ctx, access),
      resourceDecides: access.policy !== undefined,
    },
  )
}

function resourcePolicy(ctx: Ctx, definition: ServiceDefinition, { input, access }: { input: Input; access: Access }) {
  const { name, document } = access.policy ?? { name: 'resource policy', document: ownPolicy(ctx, definition, input) }
  return document === null ? undefined : { name, policy: readPolicy(document) }
}

function ownPolicy(ctx: Ctx, definition: ServiceDefinition, input: Input): string | null {
  if (definition.policyForCredentials) return definition.policyForCredentials(ctx) ?? null
  return definition.resourcePolicy?.(ctx, ctx.operation, input)?.document ?? null
}

/** Tags of what is asked for: by its ARN, or as the service finds them. */
function resourceTags(ctx: Ctx, definition: ServiceDefinition, asked: { input: Input; access: Access }) {
  if (definition.resourceTags) return definition.resourceTags(ctx, ctx.operation, asked.input)
  return Object.fromEntries(readTags(ctx, asked.access.resource).map(({ key, value }) => [key, value]))
}

function resourceKeys(ctx: Ctx, access: Access, tags: Record<string, string> | undefined) {
  const { tagConditions } = ctx.definitionOf(ctx.service)
  const names = tagConditions?.(access.resource) ?? ['aws:ResourceTag']
  return {
    'aws:ResourceAccount': ownerOf(ctx, access),
    ...Object.assign({}, ...names.map(name => tagKeys(name, tags))),
  }
}

/** The account that owns what is asked for: by its ARN, or that of the object, where it has been claimed. */
function ownerOf({ place, caller }: Ctx, access: Access): string {
  const named = access.account ?? parseArn(access.resource)?.account
  if (named && isAccount(named)) return named
  return place.account === UNCLAIMED ? caller.accountId : place.account
}

const shown = ({ arn }: Identity, { access, decision }: Decided) => {
  const { action, resource, policy } = access
  return { arn, action, resource, decision, trust: policy !== undefined }
}

/** Keeps what decided, and journals what is, or would be, denied. */
function note({ ctx, mode }: Entry, identity: Identity, decided: Decided): void {
  const { action, resource } = decided.access
  const { decision, layer, statements } = decided.decision
  const reason = reasonText(shown(identity, decided))
  const { requestId, traceId, now: at } = ctx
  const view = { requestId, traceId, at, mode, principal: identity.arn, action, resource, decision, layer, statements }
  ctx.change(tx => writeDecision(tx.sql, { ...view, reason }))
  if (decision === 'allowed') return
  ctx.journal({ from: identity.arn, to: resource, outcome: 'denied', event: action, reason })
}
