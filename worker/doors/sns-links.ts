import type { Env } from '../../durable-objects/kernel/env.ts'
import { sendOperation } from '../../durable-objects/kernel/object/calls.ts'
import type { OperationRequest, OperationResult } from '../../durable-objects/kernel/object/operation.ts'
import { homeOf } from '../../durable-objects/services/index.ts'
import { AwsError, errorData } from '../../aws/errors.ts'
import { newRequestId, newTraceId } from '../../aws/ids.ts'
import { encode } from '../../aws/wire/encode.ts'
import { encodeError } from '../../aws/wire/encode-error.ts'
import { loadModel } from '../../aws/wire/model.ts'
import { callerOf, queryOf, type Routed, routeOf } from '../route.ts'

/** What a link in a message does, and the members that it carries. */
const LINKS: Readonly<Record<string, readonly string[]>> = {
  ConfirmSubscription: ['TopicArn', 'Token'],
  Unsubscribe: ['SubscriptionArn'],
}

/**
 * Answers the SubscribeURL and UnsubscribeURL of SNS's messages: requests without credentials or API version. Undefined
 * for every other request.
 */
export async function snsLink(request: Request, env: Env): Promise<Response | undefined> {
  if (request.method !== 'GET' || !/[?&]Action=(?:ConfirmSubscription|Unsubscribe)(?:&|$)/.test(request.url)) return
  const routed = routeOf(request, env)
  const operation = queryOf(routed.wire, 'Action') ?? ''
  const signed = request.headers.has('authorization') || queryOf(routed.wire, 'X-Amz-Signature') !== undefined
  if (routed.wire.path !== '/' || signed || !Object.hasOwn(LINKS, operation)) return
  const requestId = newRequestId()
  const result = await follow(env, routed, { operation, requestId })
  const model = loadModel('sns')
  if (!model) return
  return result.error
    ? encodeError(model, 'query', { error: result.error, requestId, method: 'GET' })
    : encode(model, 'query', { operation, output: result.output, requestId })
}

async function follow(env: Env, routed: Routed, { operation, requestId }: { operation: string; requestId: string }) {
  const names = LINKS[operation] ?? []
  const input = Object.fromEntries(names.map(name => [name, queryOf(routed.wire, name) ?? '']))
  const { place } = callerOf(routed, env)
  const request = {
    ...homeOf({ service: 'sns', operation, input }, place),
    operation,
    input,
    caller: { accountId: place.account, anonymous: true },
    requestId,
    traceId: newTraceId(Date.now()),
    signed: { dialect: 'query', open: true, proof: null },
  } satisfies OperationRequest
  try {
    // Who unsubscribes what is not there is told that it is gone, and nothing is made of it.
    const asked = (await env.OBJECTS.getByName(request.to).ask(request)) as OperationResult | null // its own type
    return asked ?? (operation === 'Unsubscribe' ? { output: {} } : await sendOperation(env, request))
  } catch (error) {
    if (error instanceof AwsError) return { error: errorData(error) }
    throw error
  }
}
