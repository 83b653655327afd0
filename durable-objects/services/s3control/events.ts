import { uriEncode } from '../../../aws/sigv4/canonical.ts'
import type { Ctx, Session } from '../../kernel/object/operation.ts'
import { parseArn } from '../../../aws/arn.ts'
import { accessPointArn, nameIn, objectLambdaArn } from './names.ts'
import { presignedUrl } from './presigned-urls.ts'
import { configurationOf, type AccessPointRow, type ObjectLambdaRow } from './schema.ts'

/**
 * S3 Object Lambda → Lambda: what a function is told of the request.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/olap-event-context.html
 */

export type Action = 'GetObject' | 'HeadObject' | 'ListObjects' | 'ListObjectsV2'

const CONTEXTS: Record<Action, string> = {
  GetObject: 'getObjectContext',
  HeadObject: 'headObjectContext',
  ListObjects: 'listObjectsContext',
  ListObjectsV2: 'listObjectsV2Context',
}

/** A request to an Object Lambda access point. */
export type Asked = {
  action: Action
  point: ObjectLambdaRow
  supporting: AccessPointRow
  input: Record<string, unknown>
  /** Where the function answers a GetObject. */
  output?: { outputRoute: string; outputToken: string }
}

/** Query parameters by the members that give them. */
const QUERY: Readonly<Record<string, string>> = {
  VersionId: 'versionId',
  PartNumber: 'partNumber',
  Prefix: 'prefix',
  Delimiter: 'delimiter',
  MaxKeys: 'max-keys',
  Marker: 'marker',
  EncodingType: 'encoding-type',
  ContinuationToken: 'continuation-token',
  StartAfter: 'start-after',
  FetchOwner: 'fetch-owner',
}

export async function eventOf(ctx: Ctx, asked: Asked): Promise<Record<string, unknown>> {
  const { action, point, supporting, input, output } = asked
  const { place } = ctx
  const identity = await identityOf(ctx)
  const query = queryOf(action, input)
  const key = typeof input.Key === 'string' ? input.Key.split('/').map(uriEncode).join('/') : ''
  const method = action === 'HeadObject' ? 'HEAD' : 'GET'
  const path = `/${supporting.alias}${key ? `/${key}` : ''}`
  const hosted = [`${point.name}-${place.account}`, point.alias]
  const inputS3Url = presignedUrl(ctx, { method, path, query, session: identity.session, hosted })
  const host = `${point.name}-${place.account}.s3-object-lambda.${place.region}.amazonaws.com`
  const search = query.map(([name, value]) => `${uriEncode(name)}=${uriEncode(value)}`).join('&')
  return {
    xAmzRequestId: ctx.requestId,
    [CONTEXTS[action]]: { inputS3Url, ...output },
    configuration: {
      accessPointArn: objectLambdaArn(place, point.name),
      supportingAccessPointArn: accessPointArn(place, supporting.name),
      payload: payloadFor(point, action),
    },
    userRequest: { url: `https://${host}/${key}${search && `?${search}`}`, headers: headersOf(ctx, host) },
    userIdentity: identity.shown,
    protocolVersion: '1.00',
  }
}

function queryOf(action: Action, input: Record<string, unknown>): [string, string][] {
  const pairs: [string, string][] = action === 'ListObjectsV2' ? [['list-type', '2']] : []
  for (const [member, name] of Object.entries(QUERY)) {
    const value = input[member]
    if (value !== undefined && value !== null) pairs.push([name, String(value)])
  }
  return pairs
}

/** The transformation that an access point has for an action. */
export function transformationFor(point: ObjectLambdaRow, action: Action) {
  const { TransformationConfigurations } = configurationOf(point)
  const found = TransformationConfigurations.find(({ Actions }) => Actions.includes(action))
  return found?.ContentTransformation.AwsLambda
}

const payloadFor = (point: ObjectLambdaRow, action: Action) => transformationFor(point, action)?.FunctionPayload ?? ''

export const supportingName = (ctx: Ctx, point: ObjectLambdaRow) =>
  nameIn(ctx.place, configurationOf(point).SupportingAccessPoint) ?? ''

const HIDDEN = /^(?:authorization|host|x-amz-security-token|x-fakecloud-.*|connection|cookie)$/

/** The request's headers, written as AWS does, but for what authorizes it. */
function headersOf({ http }: Ctx, host: string): Record<string, string> {
  const given = Object.entries(http?.headers ?? {}).filter(([name]) => !HIDDEN.test(name))
  const titled = given.map(([name, value]) => [name.replace(/(?:^|-)[a-z]/g, letter => letter.toUpperCase()), value])
  return { Host: host, ...Object.fromEntries(titled) }
}

/** Who calls, as events show it, and as a session that may do what the caller may. */
async function identityOf(ctx: Ctx): Promise<{ shown: Record<string, unknown>; session: Session }> {
  const { caller, now } = ctx
  const {
    Arn: arn = '',
    UserId: principalId = '',
    Account: accountId = '',
  } = await ctx.call('sts', 'GetCallerIdentity', {})
  const accessKeyId = caller.accessKeyId ?? ''
  const { session } = caller
  if (session && !session.kind) {
    const issuer = { type: 'Role', principalId: session.roleId, arn: session.roleArn, accountId, userName: '' }
    const attributes = { mfaAuthenticated: 'false', creationDate: new Date(now).toUTCString() }
    const userName = session.roleArn.split('/').at(-1)
    const sessionContext = { attributes, sessionIssuer: { ...issuer, userName } }
    return { shown: { type: 'AssumedRole', principalId, arn, accountId, accessKeyId, sessionContext }, session }
  }
  const user = parseArn(arn)?.resource.startsWith('user/') === true
  const shown = { type: user ? 'IAMUser' : 'Root', principalId, arn, accountId, accessKeyId }
  const userName = user ? { userName: arn.split('/').at(-1) } : {}
  const expires = now + 3_600_000
  const own = { accountId, roleArn: arn, roleId: principalId, name: '', expires, kind: user ? 'user' : 'root' } as const
  return { shown: { ...shown, ...userName }, session: session ?? own }
}
