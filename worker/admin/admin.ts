import type { Context, Hono } from 'hono'
import { z } from 'zod'
import type { Env } from '../../durable-objects/kernel/env.ts'
import { namespaceStub } from '../../durable-objects/kernel/namespace/namespace-stub.ts'
import { isRegion, mayHold } from '../../aws/place.ts'
import type { Routed } from '../route.ts'

/** What every admin handler has at hand: the request's namespace and the root its caller used. */
export type AdminEnv = { Bindings: Env; Variables: { routed: Routed } }
export type AdminApp = Hono<AdminEnv>
export type AdminContext = Context<AdminEnv>

/** A refusal of `/_fakecloud/*`: answered as `{ "error": message }`. */
export class AdminError extends Error {
  readonly status: AdminStatus

  constructor(status: AdminStatus, message: string) {
    super(message)
    this.status = status
  }
}

type AdminStatus = 400 | 401 | 403 | 404 | 405 | 409 | 413

/** Objects of the request's namespace: all, or those that may hold something of a service. */
export async function objectsOf(c: AdminContext, service?: string): Promise<string[]> {
  const { objects } = await namespaceStub(c.env, c.var.routed.namespace).list()
  return service === undefined ? objects : objects.filter(name => mayHold(name, service))
}

/** A request's query, as its schema says; what the schema does not name is for others. */
export function queryOf<T>(c: AdminContext, schema: z.ZodType<T>): T {
  const result = schema.safeParse(c.req.query())
  if (!result.success) throw new AdminError(400, z.prettifyError(result.error))
  return result.data
}

/** Where something is, in a query that may leave it out. */
export const placed = z.object({
  accountId: z
    .string()
    .regex(/^\d{12}$/, 'an account is 12 digits')
    .optional(),
  region: z.string().refine(isRegion, 'expected a region').optional(),
})

/** How many are asked for; nothing, or nothing said, is `fallback`. */
export function countOf(most: number) {
  const count = z.coerce.number().int('expected a whole number').min(1, 'expected 1 or more').max(most)
  return z.preprocess(text => (text === '' ? undefined : text), count.optional())
}

/** The body of an admin request as JSON; `{}` when there is none. */
export async function jsonBody(c: AdminContext): Promise<unknown> {
  const text = await c.req.text()
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    throw new AdminError(400, 'The body is not JSON')
  }
}
