import type { In, Out } from '../../../../aws/models/lambda.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { replace } from '../../../kernel/object/rows.ts'
import { DEFAULT_NAMESPACE } from '../../../../aws/place.ts'
import { listing } from '../../../kernel/listings/listings.ts'
import { lambdaDate } from '../functions/configuration.ts'
import { constraintError, notFound, paging, refusal } from '../errors.ts'
import { functionArn, isVersion, type NamedFunction, namedFunction } from '../functions/names.ts'
import { LATEST } from '../schema.ts'
import { newUrlId } from './url-ids.ts'
import { aliasRow, versionRow } from '../functions/versions.ts'

type Config = Pick<
  Out<'GetFunctionUrlConfig'>,
  'AuthType' | 'Cors' | 'InvokeMode' | 'CreationTime' | 'LastModifiedTime'
>
type UrlRow = { name: string; qualifier: string; id: string; config: string }

const NO_FUNCTION = 'Function does not exist'
const NO_URL = 'The resource you requested does not exist.'

/** A function's own URL is kept under the empty qualifier. */
const keyOf = (named: NamedFunction) => named.qualifier ?? ''

function urlFunction(
  ctx: Ctx,
  input: { FunctionName: string; Qualifier?: string | undefined },
  missing: string,
): NamedFunction {
  const named = namedFunction(ctx, input)
  const { name, qualifier } = named
  if (qualifier !== undefined && (qualifier === '$LATEST' || isVersion(qualifier))) {
    throw constraintError(
      qualifier,
      'qualifier',
      'Member must satisfy regular expression pattern: ((?!^\\d+$)^[0-9a-zA-Z-_]+$)',
    )
  }
  if (!versionRow(ctx, name, LATEST)) throw notFound(missing)
  if (qualifier !== undefined && !aliasRow(ctx, name, qualifier)) throw notFound(missing)
  return named
}

function urlRow(ctx: Ctx, named: NamedFunction): UrlRow | undefined {
  return ctx.sql.first<UrlRow>(
    'SELECT * FROM lambda_function_urls WHERE name = ? AND qualifier = ?',
    named.name,
    keyOf(named),
  )
}

function findUrl(ctx: Ctx, named: NamedFunction): UrlRow {
  const row = urlRow(ctx, named)
  if (!row) throw notFound(NO_URL)
  return row
}

function save(ctx: Tx, row: Omit<UrlRow, 'config'>, config: Config): Out<'GetFunctionUrlConfig'> {
  const whole = { ...row, config: JSON.stringify(config) }
  replace(ctx.sql, 'lambda_function_urls', whole)
  return describe(ctx, whole)
}

function describe(ctx: Ctx, row: UrlRow): Out<'GetFunctionUrlConfig'> {
  const config = JSON.parse(row.config) as Config // written by save()
  return {
    FunctionUrl: functionUrl(ctx, row.id),
    FunctionArn: functionArn(ctx.place, row.name, row.qualifier || undefined),
    ...config,
  }
}

/** Under the host by which the caller knows us; a namespace other than the default has a label of its own. */
function functionUrl(ctx: Ctx, id: string): string {
  const { namespace, region } = ctx.place
  const asked = ctx.http?.baseUrl ?? ''
  // A Host header may hold anything.
  const base = new URL(URL.canParse(asked) ? asked : 'http://localhost')
  const numeric = /^[\d.]+$|^\[/.test(base.hostname)
  const domain = namespace === DEFAULT_NAMESPACE ? (numeric ? 'localhost' : base.hostname) : namespaceDomain(ctx)
  return `${base.protocol}//${id}.lambda-url.${region}.${domain}${base.port ? `:${base.port}` : ''}/`
}

function namespaceDomain(ctx: Ctx): string {
  return `${ctx.place.namespace}.${ctx.env.FAKECLOUD_HOST || 'fakecloud.localhost'}`
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunctionUrlConfig.html */
export function CreateFunctionUrlConfig(ctx: Tx, input: In<'CreateFunctionUrlConfig'>): Out<'CreateFunctionUrlConfig'> {
  const named = urlFunction(ctx, input, NO_FUNCTION)
  if (urlRow(ctx, named)) {
    throw refusal(
      'ResourceConflictException',
      `Failed to create function url config for [functionArn = ${named.arn}]. Error message:  FunctionUrlConfig exists for this Lambda function`,
    )
  }
  const now = lambdaDate(ctx.now)
  const row = { name: named.name, qualifier: keyOf(named), id: newUrlId(ctx.place.account) }
  const { LastModifiedTime: _modified, ...created } = save(ctx, row, {
    AuthType: input.AuthType,
    ...(input.Cors ? { Cors: input.Cors } : {}),
    InvokeMode: input.InvokeMode ?? 'BUFFERED',
    CreationTime: now,
    LastModifiedTime: now,
  })
  return created
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionUrlConfig.html */
export function GetFunctionUrlConfig(ctx: Ctx, input: In<'GetFunctionUrlConfig'>): Out<'GetFunctionUrlConfig'> {
  return describe(ctx, findUrl(ctx, urlFunction(ctx, input, NO_URL)))
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionUrlConfig.html */
export function UpdateFunctionUrlConfig(ctx: Tx, input: In<'UpdateFunctionUrlConfig'>): Out<'UpdateFunctionUrlConfig'> {
  const row = findUrl(ctx, urlFunction(ctx, input, NO_FUNCTION))
  const config = JSON.parse(row.config) as Config // written by save()
  return save(ctx, row, {
    ...config,
    ...(input.AuthType ? { AuthType: input.AuthType } : {}),
    ...(input.Cors ? { Cors: input.Cors } : {}),
    ...(input.InvokeMode ? { InvokeMode: input.InvokeMode } : {}),
    LastModifiedTime: lambdaDate(ctx.now),
  })
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunctionUrlConfig.html */
export function DeleteFunctionUrlConfig(ctx: Tx, input: In<'DeleteFunctionUrlConfig'>): Out<'DeleteFunctionUrlConfig'> {
  const row = findUrl(ctx, urlFunction(ctx, input, NO_URL))
  ctx.sql.run('DELETE FROM lambda_function_urls WHERE id = ?', row.id)
  return {}
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctionUrlConfigs.html */
export function ListFunctionUrlConfigs(ctx: Ctx, input: In<'ListFunctionUrlConfigs'>): Out<'ListFunctionUrlConfigs'> {
  const { name } = urlFunction(ctx, { FunctionName: input.FunctionName }, NO_FUNCTION)
  const query = { from: 'lambda_function_urls', where: { 'name = ?': name }, key: 'qualifier' }
  const { rows, next } = listing<UrlRow>(ctx, paging(input), query)
  return { FunctionUrlConfigs: rows.map(row => describe(ctx, row)), NextMarker: next }
}
