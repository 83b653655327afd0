import type { In, Out } from '../../../../aws/models/lambda.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { replace } from '../../../kernel/object/rows.ts'
import { parseArn } from '../../../../aws/arn.ts'
import { listing } from '../../../kernel/listings/listings.ts'
import { present } from '../functions/configuration.ts'
import { invalidParameter, notFound, paging } from '../errors.ts'
import { functionArn, isVersion, type NamedFunction, namedFunction } from '../functions/names.ts'
import { LATEST } from '../schema.ts'
import { checkDestination } from '../functions/role-permissions.ts'
import { aliasRow, configurationOf, findVersion, versionRow } from '../functions/versions.ts'

type Settings = Pick<
  In<'PutFunctionEventInvokeConfig'>,
  'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds' | 'DestinationConfig'
>
/** `lastModified` is in epoch milliseconds. */
export type EventInvokeConfig = Settings & { lastModified: number }

const qualifierOf = (named: NamedFunction) => named.qualifier ?? '$LATEST'

/** How asynchronous invocations of a qualifier are to be treated; undefined for AWS's defaults. */
export function eventInvokeConfig(ctx: Ctx, name: string, qualifier: string): EventInvokeConfig | undefined {
  const row = ctx.sql.first<{ config: string }>(
    'SELECT config FROM lambda_event_invoke_configs WHERE name = ? AND qualifier = ?',
    name,
    qualifier,
  )
  return row && (JSON.parse(row.config) as EventInvokeConfig) // written by save()
}

function findConfig(ctx: Ctx, named: NamedFunction): EventInvokeConfig {
  const config = eventInvokeConfig(ctx, named.name, qualifierOf(named))
  if (config) return config
  const arn = functionArn(ctx.place, named.name, qualifierOf(named))
  throw notFound(`The function ${arn} doesn't have an EventInvokeConfig`)
}

function save(ctx: Tx, named: NamedFunction, config: EventInvokeConfig): Out<'PutFunctionEventInvokeConfig'> {
  const qualifier = qualifierOf(named)
  replace(ctx.sql, 'lambda_event_invoke_configs', { name: named.name, qualifier, config: JSON.stringify(config) })
  return describe(ctx, { name: named.name, qualifier, config })
}

type Described = { name: string; qualifier: string; config: EventInvokeConfig }

function describe(ctx: Ctx, { name, qualifier, config }: Described): Out<'GetFunctionEventInvokeConfig'> {
  const { lastModified, DestinationConfig, ...settings } = config
  return {
    LastModified: new Date(lastModified),
    FunctionArn: functionArn(ctx.place, name, qualifier),
    ...settings,
    DestinationConfig: { OnSuccess: DestinationConfig?.OnSuccess ?? {}, OnFailure: DestinationConfig?.OnFailure ?? {} },
  }
}

type Checked = { named: NamedFunction; settings: Settings }

async function checked(ctx: Ctx, input: In<'PutFunctionEventInvokeConfig'>): Promise<Checked> {
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig } = input
  const settings = present({ MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig })
  if (Object.keys(settings).length === 0) {
    throw invalidParameter('You must specify at least one of error handling or destination setting.')
  }
  const named = namedFunction(ctx, input)
  if (!exists(ctx, named)) throw notFound("The function doesn't exist.")
  if (DestinationConfig) await checkDestinations(ctx, named, DestinationConfig)
  if (!exists(ctx, named)) throw notFound("The function doesn't exist.")
  return { named, settings }
}

function exists(ctx: Ctx, { name, qualifier = '$LATEST' }: NamedFunction): boolean {
  if (qualifier === '$LATEST') return versionRow(ctx, name, LATEST) !== undefined
  return (
    (isVersion(qualifier) ? versionRow(ctx, name, Number(qualifier)) : aliasRow(ctx, name, qualifier)) !== undefined
  )
}

async function checkDestinations(
  ctx: Ctx,
  named: NamedFunction,
  config: NonNullable<Settings['DestinationConfig']>,
): Promise<void> {
  const role = configurationOf(findVersion(ctx, named)).Role
  const success = config.OnSuccess?.Destination
  const failure = config.OnFailure?.Destination
  for (const destination of [failure, success]) {
    if (!destination) continue
    const arn = parseArn(destination)
    if (!arn || !['lambda', 'sns', 'sqs', 'events', 's3'].includes(arn.service)) throw badDestinations(success, failure)
    if (arn.service === 'lambda') checkFunctionDestination(ctx, named, destination)
    await checkDestination(ctx, { role, name: named.name, target: destination })
  }
}

function checkFunctionDestination(ctx: Ctx, named: NamedFunction, destination: string): void {
  const target = parseArn(destination)?.resource.split(':')[1] ?? ''
  if (target === named.name) throw invalidParameter("You can't specify the function as a destination for itself.")
  const here = functionArn(ctx.place, target)
  if (!destination.startsWith(here) || versionRow(ctx, target, LATEST)) return
  throw invalidParameter(`The destination ARN ${destination} is invalid.`)
}

function badDestinations(success: string | undefined, failure: string | undefined) {
  const onSuccess = success ? `OnSuccess(destination=${success})` : 'null'
  const onFailure = failure ? `OnFailure(destination=${failure})` : 'null'
  return invalidParameter(
    `The provided destination config DestinationConfig(onSuccess=${onSuccess}, onFailure=${onFailure}) is invalid.`,
  )
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html : over any config there is. */
export async function PutFunctionEventInvokeConfig(
  ctx: Ctx,
  input: In<'PutFunctionEventInvokeConfig'>,
): Promise<Out<'PutFunctionEventInvokeConfig'>> {
  const { named, settings } = await checked(ctx, input)
  return ctx.change(tx => save(tx, named, { ...settings, lastModified: tx.now }))
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionEventInvokeConfig.html : what is not named stays. */
export async function UpdateFunctionEventInvokeConfig(
  ctx: Ctx,
  input: In<'UpdateFunctionEventInvokeConfig'>,
): Promise<Out<'UpdateFunctionEventInvokeConfig'>> {
  const { named, settings } = await checked(ctx, input)
  return ctx.change(tx => save(tx, named, { ...findConfig(tx, named), ...settings, lastModified: tx.now }))
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionEventInvokeConfig.html */
export function GetFunctionEventInvokeConfig(
  ctx: Ctx,
  input: In<'GetFunctionEventInvokeConfig'>,
): Out<'GetFunctionEventInvokeConfig'> {
  const named = namedFunction(ctx, input)
  return describe(ctx, { name: named.name, qualifier: qualifierOf(named), config: findConfig(ctx, named) })
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunctionEventInvokeConfig.html */
export function DeleteFunctionEventInvokeConfig(
  ctx: Tx,
  input: In<'DeleteFunctionEventInvokeConfig'>,
): Out<'DeleteFunctionEventInvokeConfig'> {
  const named = namedFunction(ctx, input)
  findConfig(ctx, named)
  const qualifier = qualifierOf(named)
  ctx.sql.run('DELETE FROM lambda_event_invoke_configs WHERE name = ? AND qualifier = ?', named.name, qualifier)
  return {}
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctionEventInvokeConfigs.html */
export function ListFunctionEventInvokeConfigs(
  ctx: Ctx,
  input: In<'ListFunctionEventInvokeConfigs'>,
): Out<'ListFunctionEventInvokeConfigs'> {
  const { name } = namedFunction(ctx, { FunctionName: input.FunctionName })
  if (!versionRow(ctx, name, LATEST)) throw notFound("The function doesn't exist.")
  const query = { from: 'lambda_event_invoke_configs', where: { 'name = ?': name }, key: 'qualifier' }
  const { rows, next } = listing<{ qualifier: string; config: string }>(ctx, paging(input), query)
  return {
    FunctionEventInvokeConfigs: rows.map(
      ({ qualifier, config }) => describe(ctx, { name, qualifier, config: JSON.parse(config) as EventInvokeConfig }), // written by save()
    ),
    NextMarker: next,
  }
}
