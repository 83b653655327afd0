import type { In, Out } from '../../../../aws/models/lambda.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { replace } from '../../../kernel/object/rows.ts'
import { listing } from '../../../kernel/listings/listings.ts'
import { invalidParameter, paging, refusal } from '../errors.ts'
import { findMapping, mappingArn, mappingOf } from './mapping-rows.ts'
import { changedSettings, checkSource, type MappingSettings, newSettings } from './mapping-settings.ts'
import { pollMapping } from './mappings.ts'
import { functionArn, namedFunction, type NamedFunction, parseFunctionName } from '../functions/names.ts'
import type { MappingRow } from '../schema.ts'
import { checkQueue, unwatchQueue, watchQueue } from './sqs-source.ts'
import { meanwhile, stillShown } from '../../../kernel/states/states.ts'
import { lambdaTags } from '../settings/tags.ts'
import { configurationOf, versionNumber, versionRow } from '../functions/versions.ts'

type Described = Out<'GetEventSourceMapping'>

function describe(ctx: Ctx, row: MappingRow): Described {
  const { settings, target } = mappingOf(ctx, row)
  return {
    UUID: row.uuid,
    ...settings,
    EventSourceArn: row.source,
    FunctionArn: target,
    LastModified: new Date(row.modified),
    State: row.enabled ? 'Enabled' : 'Disabled',
    StateTransitionReason: 'USER_INITIATED',
    EventSourceMappingArn: mappingArn(ctx, row.uuid),
    ...stillShown(ctx, row.uuid),
  }
}

function saveMapping(ctx: Tx, row: MappingRow): void {
  replace(ctx.sql, 'lambda_mappings', row)
}

/** The function that a mapping is to invoke, with what it needs of the version. @throws InvalidParameterValueException */
function targetOf(ctx: Ctx, FunctionName: string): { named: NamedFunction; role: string; timeout: number } {
  const named = namedFunction(ctx, { FunctionName })
  const number = versionNumber(ctx, named, alias => alias.number)
  const row = number === undefined ? undefined : versionRow(ctx, named.name, number)
  if (!row) throw invalidParameter('Function does not exist')
  const { Role, Timeout } = configurationOf(row)
  return { named, role: Role, timeout: Timeout }
}

/** One mapping a queue and function. */
function checkSingle(ctx: Ctx, { uuid, name, qualifier, source }: Omit<MappingRow, 'settings'>): void {
  const twin = ctx.sql.first<{ uuid: string }>(
    'SELECT uuid FROM lambda_mappings WHERE name = ? AND qualifier IS ? AND source = ? AND uuid <> ?',
    name,
    qualifier,
    source,
    uuid,
  )
  if (!twin) return
  throw refusal(
    'ResourceConflictException',
    `An event source mapping with SQS arn (" ${source} ") and function (" ${name} ") already exists. Please update or delete the existing mapping with UUID ${twin.uuid}`,
  )
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html */
export async function CreateEventSourceMapping(
  ctx: Ctx,
  input: In<'CreateEventSourceMapping'>,
): Promise<Out<'CreateEventSourceMapping'>> {
  const source = checkSource(input)
  const { named, role, timeout } = targetOf(ctx, input.FunctionName)
  const settings = newSettings(input, source)
  const row: MappingRow = {
    uuid: crypto.randomUUID(),
    name: named.name,
    qualifier: named.qualifier ?? null,
    source,
    enabled: input.Enabled === false ? 0 : 1,
    settings: JSON.stringify(settings),
    modified: ctx.now,
  }
  const arn = mappingArn(ctx, row.uuid)
  lambdaTags.check(arn, input.Tags)
  checkSingle(ctx, row)
  await checkQueue(ctx, { source, name: named.name, role, timeout })
  // Before the mapping is there: one that nobody tells of messages would be worse than a telling too much.
  if (row.enabled) await watchQueue(ctx, row)
  try {
    const shown = ctx.change(tx => {
      targetOf(tx, input.FunctionName)
      checkSingle(tx, row)
      saveMapping(tx, row)
      lambdaTags.set(tx, arn, input.Tags)
      return meanwhile(tx, row.uuid, { State: 'Creating' })
    })
    pollMapping(ctx, row.uuid)
    return { ...describe(ctx, row), ...shown }
  } catch (refused) {
    if (row.enabled) await unwatchQueue(ctx, row)
    throw refused
  }
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetEventSourceMapping.html */
export function GetEventSourceMapping(ctx: Ctx, input: In<'GetEventSourceMapping'>): Out<'GetEventSourceMapping'> {
  return describe(ctx, findMapping(ctx, input.UUID))
}

const MOST_LISTED = 100

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListEventSourceMappings.html */
export function ListEventSourceMappings(
  ctx: Ctx,
  input: In<'ListEventSourceMappings'>,
): Out<'ListEventSourceMappings'> {
  const { EventSourceArn, FunctionName, MaxItems = MOST_LISTED } = input
  const named = FunctionName === undefined ? undefined : parseFunctionName(FunctionName)
  const { rows, next } = listing<MappingRow>(
    ctx,
    { ...paging(input), size: Math.min(MaxItems, MOST_LISTED) },
    {
      from: 'lambda_mappings',
      where: {
        'source = ?': EventSourceArn,
        'name = ?': named?.name,
        'qualifier IS ?': named && (named.qualifier ?? null),
      },
      key: 'uuid',
    },
  )
  return { EventSourceMappings: rows.map(row => describe(ctx, row)), NextMarker: next }
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html : what is not named stays. */
export async function UpdateEventSourceMapping(
  ctx: Ctx,
  input: In<'UpdateEventSourceMapping'>,
): Promise<Out<'UpdateEventSourceMapping'>> {
  const old = findMapping(ctx, input.UUID)
  const row = changed(ctx, old, input)
  const { role, timeout } = targetOf(ctx, functionArn(ctx.place, row.name, row.qualifier ?? undefined))
  checkSingle(ctx, row)
  await checkQueue(ctx, { source: row.source, name: row.name, role, timeout })
  if (row.enabled) await watchQueue(ctx, row)
  const current = findMapping(ctx, input.UUID)
  const saved = { ...changed(ctx, current, input), modified: ctx.now }
  checkSingle(ctx, saved)
  const shown = ctx.change(tx => {
    saveMapping(tx, saved)
    return meanwhile(tx, saved.uuid, { State: transition(current, saved) })
  })
  if (saved.enabled) pollMapping(ctx, saved.uuid)
  else await unwatchQueue(ctx, saved)
  return { ...describe(ctx, saved), ...shown }
}

function changed(ctx: Ctx, old: MappingRow, input: In<'UpdateEventSourceMapping'>): MappingRow {
  const settings = JSON.parse(old.settings) as MappingSettings // written by saveMapping()
  const named = input.FunctionName === undefined ? old : namedFunction(ctx, { FunctionName: input.FunctionName })
  return {
    ...old,
    name: named.name,
    qualifier: named.qualifier ?? null,
    enabled: input.Enabled === undefined ? old.enabled : Number(input.Enabled),
    settings: JSON.stringify(changedSettings(settings, input, old.source)),
  }
}

function transition(old: MappingRow, row: MappingRow): string {
  if (old.enabled === row.enabled) return 'Updating'
  return row.enabled ? 'Enabling' : 'Disabling'
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_DeleteEventSourceMapping.html : what runs ends as ever. */
export async function DeleteEventSourceMapping(
  ctx: Ctx,
  input: In<'DeleteEventSourceMapping'>,
): Promise<Out<'DeleteEventSourceMapping'>> {
  const row = findMapping(ctx, input.UUID)
  ctx.change(tx => {
    tx.sql.run('DELETE FROM lambda_mappings WHERE uuid = ?', row.uuid)
    lambdaTags.drop(tx, mappingArn(tx, row.uuid))
    tx.timers.clear('mapping', row.uuid)
  })
  await unwatchQueue(ctx, row)
  return { ...describe(ctx, row), State: 'Deleting' }
}
