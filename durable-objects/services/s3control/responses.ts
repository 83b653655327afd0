import { append, type RingLog } from '../../kernel/ring-logs/ring-logs.ts'
import type { In } from '../../../aws/models/s3.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { newOutputToken } from '../../shared/output-tokens.ts'
import { outputRoute } from './names.ts'
import { invalidToken } from './refusals.ts'

type Input = In<'WriteGetObjectResponse'>

/** What a function answered; a body that is large comes while the function writes it. */
export type Answer = Omit<Input, 'Body'> & { Body: Uint8Array | ReadableStream<Uint8Array> }

/** A GetObject that waits for its function's answer. */
export type Waiting = { output: { outputRoute: string; outputToken: string }; answer: Promise<Answer>; close(): void }

type Pending = Map<string, (answer: Answer) => void>

/** Requests live as long as this object does: so do those who wait. */
const pendingOf = (ctx: Ctx) => ctx.memory<Pending>('s3control.pending', () => new Map())

export function waitForAnswer(ctx: Ctx, point: string): Waiting {
  const outputToken = newOutputToken(ctx.place, point)
  const pending = pendingOf(ctx)
  const answer = new Promise<Answer>(resolve => pending.set(outputToken, resolve))
  const output = { outputRoute: outputRoute(ctx.place.region), outputToken }
  return { output, answer, close: () => void pending.delete(outputToken) }
}

/**
 * A function answers a GetObject: who asked gets it as it is written.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_WriteGetObjectResponse.html
 */
export async function WriteGetObjectResponse(ctx: Ctx, input: Input): Promise<void> {
  const { Body: given, ...rest } = input
  const pending = pendingOf(ctx)
  const answer = pending.get(input.RequestToken)
  if (!answer) throw invalidToken()
  pending.delete(input.RequestToken)
  if (!(given instanceof ReadableStream)) {
    const Body = typeof given === 'string' ? new TextEncoder().encode(given) : (given ?? new Uint8Array(0))
    answer({ ...rest, Body })
    ctx.change(tx => keep(tx, input, { body: Body, size: Body.length }))
    return
  }
  const { readable, writable } = new IdentityTransformStream()
  answer({ ...rest, Body: readable })
  const passed = await passOn(given, writable)
  ctx.change(tx => keep(tx, input, passed))
}

type Passed = { body: Uint8Array; size: number }

/** So much of a body is kept to be looked at. */
const KEPT_BYTES = 1_048_576

async function passOn(from: ReadableStream<Uint8Array>, to: WritableStream<Uint8Array>): Promise<Passed> {
  const kept: Uint8Array[] = []
  const writer = to.getWriter()
  let [size, held] = [0, 0]
  try {
    for await (const chunk of from) {
      if (held < KEPT_BYTES) kept.push(chunk.slice(0, KEPT_BYTES - held))
      held += Math.min(chunk.length, KEPT_BYTES - held)
      size += chunk.length
      await writer.write(chunk)
    }
    await writer.close()
  } catch (error) {
    // Whoever asked has gone, or the function broke off: the other side hears of it.
    await writer.abort(error).catch(() => {})
  }
  return { body: await bytesOf(kept), size }
}

const bytesOf = async (chunks: Uint8Array[]) => new Uint8Array(await new Blob(chunks).arrayBuffer())

export const RESPONSES: RingLog = { table: 's3control_responses', keptRows: 200, keptBytes: 64 * KEPT_BYTES }

function keep(ctx: Tx, input: Input, { body, size }: Passed): void {
  append(ctx.sql, RESPONSES, {
    token: input.RequestToken,
    route: input.RequestRoute,
    statusCode: input.StatusCode,
    body: body.slice(0, KEPT_BYTES),
    size,
    contentType: input.ContentType,
    errorMessage: input.ErrorMessage,
    metadata: JSON.stringify(input.Metadata ?? {}),
  })
}

export type ResponseRow = {
  token: string
  route: string
  statusCode: number | null
  body: ArrayBuffer
  size: number
  contentType: string | null
  errorMessage: string | null
  metadata: string
}
