/**
 * The one door to customers' keys: by it a service has encrypted what it keeps, and decrypted what it gives back.
 *
 * The service that keeps keys says `keys` in its definition, so that those that need them do not know it by name. Known
 * gap: there is none yet. Until there is, bytes pass as they are, and a key that a resource names is kept with it and
 * refuses nobody; no service asks here so far, since it would have to await for nothing.
 *
 * A service that asks
 * - awaits before its change: `const sealed = await encrypt(ctx, key, { bytes, context })`, then `ctx.change(tx => …)`.
 *   Its operation is asynchronous then; its `nearby` does as before what has no key, and answers FAR for what has one, so
 *   that a delivery takes the outbox: a key that is disabled refuses it, and the journal says so.
 * - writes `sealed.key` beside the bytes, and decrypts by that: a resource's key changes, and a message may move to a
 *   queue that has another one or none.
 * - gives AWS's own context (`aws:sqs:arn`, `aws:s3:arn`…), by which policies and the audit trail know it, and has what
 *   AWS has encrypted: a data key for an object, or for all messages of a while, where AWS has one.
 */
import { AwsError } from '../../../aws/errors.ts'
import type { Ctx } from '../object/operation.ts'

/** Bytes with what AWS calls their encryption context: the same is told again when they are decrypted. */
export type Bound = { bytes: Uint8Array; context: Record<string, string> }

/** What the service that keeps keys does for others, whose caller is the one who asks. @throws AwsError as it refuses */
export type Keys = {
  encrypt(ctx: Ctx, key: string, bound: Bound): Promise<Uint8Array>
  decrypt(ctx: Ctx, key: string, bound: Bound): Promise<Uint8Array>
}

/** As it is kept; `key` is null for bytes that are as they came. */
export type Sealed = { bytes: Uint8Array; key: string | null }

/** Encrypts with a customer's key, where there is one and somebody who keeps it. */
export async function encrypt(ctx: Ctx, key: string | undefined, bound: Bound): Promise<Sealed> {
  if (key === undefined || !ctx.keys) return { bytes: bound.bytes, key: null }
  return { bytes: await ctx.keys.encrypt(ctx, key, bound), key }
}

/** @throws AwsError also where nobody keeps the key that it was encrypted with */
export async function decrypt(ctx: Ctx, { bytes, key }: Sealed, context: Bound['context']): Promise<Uint8Array> {
  if (key === null) return bytes
  if (!ctx.keys) throw new AwsError('NotImplemented', `Nothing here keeps ${key}`, 501)
  return await ctx.keys.decrypt(ctx, key, { bytes, context })
}
