import { z } from 'zod'
import { clockNow } from '../../durable-objects/kernel/clock/clock.ts'
import type { PrincipalQuery } from '../../durable-objects/authorization/principal-view.ts'
import { namespaceStub } from '../../durable-objects/kernel/namespace/namespace-stub.ts'
import { DEFAULT_ACCOUNT, GLOBAL_REGION, objectOf } from '../../aws/place.ts'
import { askObject, sendOperation } from '../../durable-objects/kernel/object/calls.ts'
import { homeOf } from '../../durable-objects/services/index.ts'
import { parseArn } from '../../aws/arn.ts'
import { mintSession } from '../../durable-objects/kernel/namespace/credentials.ts'
import type { ErrorData } from '../../aws/errors.ts'
import { newRequestId, newTraceId } from '../../aws/ids.ts'
import { type AdminApp, type AdminContext, AdminError, jsonBody } from './admin.ts'

const creation = z.strictObject({
  accountId: z.string().regex(/^\d{12}$/, 'an account is 12 digits'),
  userName: z.string().regex(/^[\w+=,.@-]{1,64}$/, 'a user name is letters, digits and +=,.@_-, 64 at most'),
  organizationId: z.string().optional(),
})

const ALLOW_ALL = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
})
const SESSION_MS = 3_600_000

/**
 * `POST /_fakecloud/iam/create-admin { accountId, userName }` → `{ accessKeyId, secretAccessKey, accountId, arn }`: a
 * user of that account (made unless it is there) who may do everything, and a new key of it;
 * `GET /_fakecloud/credentials` → credentials of the role in FAKECLOUD_CREDENTIALS_ROLE_ARN, in the form in which
 * containers get theirs; `GET /_fakecloud/iam/issuers/{account}/.well-known/{openid-configuration|jwks.json}` → the
 * issuer of the account's identity tokens, and its keys.
 */
export function iamAdmin(app: AdminApp): void {
  app.post('/_fakecloud/iam/create-admin', async c => {
    const body = creation.safeParse(await jsonBody(c))
    if (!body.success) throw new AdminError(400, z.prettifyError(body.error))
    if (body.data.organizationId !== undefined) throw new AdminError(400, 'AWS Organizations is not built')
    return c.json(await createAdmin(c, body.data))
  })
  app.get(`${ISSUERS}/openid-configuration`, async c => {
    const { url } = await issuerOf(c)
    return c.json({
      issuer: url,
      jwks_uri: `${url}/.well-known/jwks.json`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256', 'ES384'],
      claims_supported: ['aud', 'exp', 'iat', 'iss', 'jti', 'sub'],
    })
  })
  app.get(`${ISSUERS}/jwks.json`, async c => c.json({ keys: (await issuerOf(c)).keys }))
  app.get('/_fakecloud/credentials', async c => c.json(await roleCredentials(c)))
}

/** Where verifiers find the keys of an account's identity tokens. */
const ISSUERS = '/_fakecloud/iam/issuers/:account/.well-known'

async function issuerOf(c: AdminContext): Promise<{ url: string; keys: object[] }> {
  const account = c.req.param('account') ?? ''
  const place = { namespace: c.var.routed.namespace, account, region: GLOBAL_REGION }
  const question = { service: 'iam', operation: 'DescribeTokenIssuer', input: {} } as const
  const issuer = await askObject(c.env, objectOf(place, 'iam'), question)
  if (!issuer) throw new AdminError(404, `The account ${account} issues no identity tokens`)
  return issuer
}

type Admin = { accountId: string; userName: string }

async function createAdmin(c: AdminContext, { accountId, userName }: Admin) {
  const call = (operation: string, input: Record<string, unknown>) => callIam(c, accountId, { operation, input })
  const made = await call('CreateUser', { UserName: userName })
  if (made.error && made.error.code !== 'EntityAlreadyExistsException') throw new AdminError(400, made.error.message)
  const policy = { UserName: userName, PolicyName: 'fakecloud-admin', PolicyDocument: ALLOW_ALL }
  const put = await call('PutUserPolicy', policy)
  if (put.error) throw new AdminError(400, put.error.message)
  const created = await call('CreateAccessKey', { UserName: userName })
  if (created.error) throw new AdminError(400, created.error.message)
  const key = created.output?.AccessKey as { AccessKeyId: string; SecretAccessKey: string } // the operation's own output
  const view = await principalOf(c, accountId, { userName })
  return { accessKeyId: key.AccessKeyId, secretAccessKey: key.SecretAccessKey, accountId, arn: view?.arn ?? '' }
}

type Called = { output?: Record<string, unknown> | undefined; error?: ErrorData | undefined }

/** An operation of IAM in an account of the namespace, which no policy stands against. */
function callIam(
  c: AdminContext,
  account: string,
  { operation, input }: { operation: string; input: Record<string, unknown> },
): Promise<Called> {
  const place = { namespace: c.var.routed.namespace, account, region: GLOBAL_REGION }
  return sendOperation(c.env, {
    ...homeOf({ service: 'iam', operation, input }, place),
    operation,
    input,
    caller: { accountId: account, service: 'fakecloud' },
    requestId: newRequestId(),
    traceId: newTraceId(Date.now()),
  })
}

async function principalOf(c: AdminContext, account: string, input: PrincipalQuery) {
  const place = { namespace: c.var.routed.namespace, account, region: GLOBAL_REGION }
  return await askObject(c.env, objectOf(place, 'iam'), { service: 'iam', operation: 'FindPrincipal', input })
}

/** A session of the role, for an hour of the namespace's clock; the role need not be in IAM. */
async function roleCredentials(c: AdminContext) {
  const { namespace } = c.var.routed
  const fallback = `arn:aws:iam::${c.env.FAKECLOUD_ACCOUNT_ID ?? DEFAULT_ACCOUNT}:role/fakecloud`
  const roleArn = c.env.FAKECLOUD_CREDENTIALS_ROLE_ARN || fallback
  const accountId = parseArn(roleArn)?.account || DEFAULT_ACCOUNT
  const role = await principalOf(c, accountId, { arn: roleArn })
  const { clock, id } = await namespaceStub(c.env, namespace).settings()
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = mintSession(
    { env: c.env, place: { namespace }, namespaceId: id },
    {
      accountId,
      roleArn,
      roleId: role?.userId ?? 'AROAFAKECLOUDFAKECLOU',
      name: 'fakecloud',
      expires: Math.floor(clockNow(clock) / 1000) * 1000 + SESSION_MS,
    },
  )
  return {
    AccessKeyId,
    SecretAccessKey,
    Token: SessionToken,
    Expiration: Expiration.toISOString().replace(/\.\d{3}Z$/, 'Z'),
    RoleArn: roleArn,
  }
}
