import type { Caller, Ctx } from '../../../kernel/object/operation.ts'
import { arnAt, parseArn } from '../../../../aws/arn.ts'
import { type Pattern, readPattern } from '../../../shared/pattern.ts'
import { notFound } from '../errors.ts'
import type { MappingSettings } from './mapping-settings.ts'
import { functionArn } from '../functions/names.ts'
import { LATEST, type MappingRow } from '../schema.ts'
import { configurationOf, versionRow } from '../functions/versions.ts'

/** A mapping as its poller works with it. */
export type Mapping = Omit<MappingRow, 'settings'> & {
  settings: MappingSettings
  /** ARN of the function, with its qualifier. */
  target: string
}

export function mappingOf(ctx: Ctx, row: MappingRow): Mapping {
  const settings = JSON.parse(row.settings) as MappingSettings // written by saveMapping()
  return { ...row, settings, target: functionArn(ctx.place, row.name, row.qualifier ?? undefined) }
}

export function mappingRow(ctx: Ctx, uuid: string): MappingRow | undefined {
  return ctx.sql.first<MappingRow>('SELECT * FROM lambda_mappings WHERE uuid = ?', uuid)
}

/** @throws ResourceNotFoundException */
export function findMapping(ctx: Ctx, uuid: string): MappingRow {
  const row = mappingRow(ctx, uuid)
  if (!row) throw notFound('The resource you requested does not exist.')
  return row
}

export function mappingArn(ctx: Ctx, uuid: string): string {
  return arnAt(ctx.place, 'lambda', `event-source-mapping:${uuid}`)
}

export function patternsOf({ settings }: Mapping): Pattern[] {
  return (settings.FilterCriteria?.Filters ?? []).map(({ Pattern = '{}' }) => readPattern(Pattern))
}

/** A mapping reads its source as the execution role of its function; undefined when the function is gone. */
export function mappingCaller(ctx: Ctx, name: string): Caller | undefined {
  const latest = versionRow(ctx, name, LATEST)
  return latest && roleCaller(configurationOf(latest).Role, name)
}

/** A session of an execution role, as Lambda has it: named after the function. */
export function roleCaller(roleArn: string, name: string): Caller {
  const accountId = parseArn(roleArn)?.account ?? ''
  return { accountId, session: { accountId, roleArn, roleId: 'AROA', name, expires: Number.MAX_SAFE_INTEGER } }
}
