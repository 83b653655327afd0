import { createHmac, timingSafeEqual } from 'node:crypto'
import { secretOf } from './secret.ts'

type Signer = { FAKECLOUD_SECRET?: string }

/** What the isolate host says of a function's request: whose it is. The namespace is final. */
export type FunctionClaim = {
  namespace: string
  /** Of the namespace's life in which the function runs: one of its name that is made later is closed to it. */
  namespaceId: string
  /** ARN of the function. */
  source: string
}

/** Each kind of token is a signature of its own: one opens nothing that another does. */
function sign(env: Signer, kind: 'function' | 'code', text: string): string {
  return createHmac('sha256', secretOf(env)).update(`${kind}/${text}`).digest('base64url')
}

function isSigned(expected: string, given: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(given)]
  return one.length === other.length && timingSafeEqual(one, other)
}

/** Goes along with each request of a function; whoever got hold of it could speak for that function alone. */
export function functionToken(env: Signer, claim: FunctionClaim): string {
  const body = Buffer.from(JSON.stringify(claim)).toString('base64url')
  return `${body}.${sign(env, 'function', body)}`
}

/** What a token says; undefined unless functionToken made it. */
export function readFunctionToken(env: Signer, token: string): FunctionClaim | undefined {
  const [body = '', signature = ''] = token.split('.')
  if (!isSigned(sign(env, 'function', body), signature)) return undefined
  return JSON.parse(Buffer.from(body, 'base64url').toString()) as FunctionClaim // signed by functionToken
}

/** With this the isolate host fetches the zip at that path, which no function's request can. */
export function codeToken(env: Signer, path: string): string {
  return sign(env, 'code', path)
}

export function isCodeToken(env: Signer, path: string, token: string | undefined): boolean {
  return token !== undefined && isSigned(codeToken(env, path), token)
}
