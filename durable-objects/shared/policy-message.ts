import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Env } from '../env.ts'
import type { ContextValues } from './policy-statement.ts'
import { secretOf } from './secret.ts'

/** Why a request was denied, as DecodeAuthorizationMessage tells it. */
export type AuthorizationMessage = {
  allowed: boolean
  explicitDeny: boolean
  matchedStatements: { items: readonly unknown[] }
  failures: { items: readonly unknown[] }
  context: {
    principal: { id: string; arn: string }
    action: string
    resource: string
    conditions: { items: { key: string; values: { items: { value: string }[] } }[] }
  }
}

function seal(env: Env, body: string): Buffer {
  return createHmac('sha256', secretOf(env)).update(`denial/${body}`).digest()
}

/** Writes a message for an error's `Encoded authorization failure message`: readable by STS alone. */
export function encodeAuthorizationMessage(env: Env, message: AuthorizationMessage): string {
  const body = Buffer.from(JSON.stringify(message)).toString('base64url')
  return `${body}.${seal(env, body).toString('base64url')}`
}

/** The JSON of a message that was written here; undefined for any other text. */
export function decodeAuthorizationMessage(env: Env, encoded: string): string | undefined {
  const [body = '', signature = ''] = encoded.trim().split('.')
  const given = Buffer.from(signature, 'base64url')
  const expected = seal(env, body)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
  return Buffer.from(body, 'base64url').toString()
}

/** Context keys as a message lists them. */
export function messageConditions(context: ContextValues): AuthorizationMessage['context']['conditions'] {
  const items = Object.entries(context).map(([key, values]) => ({
    key,
    values: { items: (typeof values === 'string' ? [values] : values).map(value => ({ value })) },
  }))
  return { items }
}
