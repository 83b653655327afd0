import type { In, Out } from '../../../../aws/models/logs.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { count, upsert } from '../../../kernel/object/rows.ts'
import { once } from '../../../kernel/idempotency/client-tokens.ts'
import { listing } from '../../../kernel/listings/listings.ts'
import { limitExceeded, notFound, paging } from '../refusals.ts'
import type { QueryDefinitionRow } from '../schema.ts'

/** What of a definition is kept as it was put. */
type Settings = Pick<In<'PutQueryDefinition'>, 'queryString' | 'logGroupNames' | 'parameters'> & {
  queryLanguage: string
}

const MAX_DEFINITIONS = 1000

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutQueryDefinition.html */
export function PutQueryDefinition(ctx: Tx, input: In<'PutQueryDefinition'>): Out<'PutQueryDefinition'> {
  return once(ctx, { token: input.clientToken, input }, () => putDefinition(ctx, input))
}

function putDefinition(ctx: Tx, input: In<'PutQueryDefinition'>): Out<'PutQueryDefinition'> {
  const { name, queryDefinitionId, clientToken: _token, queryLanguage = 'CWLI', ...rest } = input
  if (queryDefinitionId !== undefined) findDefinition(ctx, queryDefinitionId)
  else if (count(ctx.sql, 'logs_query_definitions') >= MAX_DEFINITIONS) throw limitExceeded()
  const id = queryDefinitionId ?? crypto.randomUUID()
  const settings: Settings = { ...rest, queryLanguage }
  upsert(ctx.sql, 'logs_query_definitions', {
    key: { id },
    set: { name, settings: JSON.stringify(settings), modifiedAt: ctx.now },
  })
  return { queryDefinitionId: id }
}

function findDefinition(ctx: Ctx, id: string): QueryDefinitionRow {
  const row = ctx.sql.first<QueryDefinitionRow>('SELECT * FROM logs_query_definitions WHERE id = ?', id)
  if (!row) throw notFound('query definition')
  return row
}

const DEFAULT_LIMIT = 1000

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeQueryDefinitions.html */
export function DescribeQueryDefinitions(
  ctx: Ctx,
  input: In<'DescribeQueryDefinitions'>,
): Out<'DescribeQueryDefinitions'> {
  const { queryDefinitionNamePrefix, queryLanguage, maxResults = DEFAULT_LIMIT } = input
  const { rows, next } = listing<QueryDefinitionRow>(
    ctx,
    { ...paging(input), size: maxResults },
    {
      from: 'logs_query_definitions',
      where: { "settings ->> 'queryLanguage' = ?": queryLanguage },
      prefix: { name: queryDefinitionNamePrefix },
      key: ['name', 'id'],
    },
  )
  return { queryDefinitions: rows.map(describe), nextToken: next }
}

function describe({ id, name, settings, modifiedAt }: QueryDefinitionRow) {
  const kept = JSON.parse(settings) as Settings // written by PutQueryDefinition
  return { queryDefinitionId: id, name, lastModified: modifiedAt, ...kept }
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteQueryDefinition.html */
export function DeleteQueryDefinition(ctx: Tx, input: In<'DeleteQueryDefinition'>): Out<'DeleteQueryDefinition'> {
  const { id } = findDefinition(ctx, input.queryDefinitionId)
  ctx.sql.run('DELETE FROM logs_query_definitions WHERE id = ?', id)
  return { success: true }
}
