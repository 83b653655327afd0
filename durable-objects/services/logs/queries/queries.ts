import type { In, Out } from '../../../../aws/models/logs.types.ts'
import { dropBlobs, readBlob } from '../../../kernel/blobs/blobs.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { count } from '../../../kernel/object/rows.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { listing, listingOf } from '../../../kernel/listings/listings.ts'
import { pageStart, pageToken } from '../../../../aws/pages.ts'
import { findGroup, findGroupByIdentifier, groupArn } from '../groups/find-group.ts'
import { noteUse } from './index-policies.ts'
import { MAX_ROWS, readQuery } from './insights/commands.ts'
import { pipelineOf, type Result } from './insights/pipeline.ts'
import { startRun } from './query-runs.ts'
import { invalidParameter, invalidToken, limitExceeded, paging } from '../refusals.ts'
import type { GroupRow, QueryRow } from '../schema.ts'

const MAX_GROUPS = 50
const MAX_RUNNING = 100
const DEFAULT_ROWS = 10_000
/** AWS keeps results for seven days. */
const KEPT_MS = 7 * 86_400_000

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html */
export function StartQuery(ctx: Tx, input: In<'StartQuery'>): Out<'StartQuery'> {
  const { startTime, endTime, queryString, queryLanguage = 'CWLI', limit = DEFAULT_ROWS } = input
  if (queryLanguage !== 'CWLI') {
    throw new AwsError('NotImplemented', `logs.StartQuery: the language ${queryLanguage} is not implemented`, 501)
  }
  if (endTime < startTime) throw invalidParameter('End time should not be less than start time.')
  const pipeline = pipelineOf(readQuery(queryString, ctx.now), Math.min(limit, MAX_ROWS))
  const groups = groupsOf(ctx, input)
  if (count(ctx.sql, "logs_queries WHERE status = 'Running'") >= MAX_RUNNING) throw limitExceeded()
  const id = crypto.randomUUID()
  const row = ctx.sql.first<QueryRow>(
    `INSERT INTO logs_queries (id, text, logGroups, status, startedAt) VALUES (?, ?, ?, 'Running', ?) RETURNING *`,
    id,
    queryString,
    JSON.stringify(groups.map(({ name }) => name)),
    ctx.now,
  )
  noteUse(ctx, groups, queryString)
  ctx.timers.set('query', id, ctx.now + KEPT_MS)
  if (row) startRun(ctx, { query: row, groups, pipeline, from: startTime * 1000, to: endTime * 1000 + 999 })
  return { queryId: id }
}

function groupsOf(ctx: Ctx, input: In<'StartQuery'>): GroupRow[] {
  const { logGroupName, logGroupNames, logGroupIdentifiers } = input
  const given = [logGroupName && [logGroupName], logGroupNames, logGroupIdentifiers].filter(
    names => names !== undefined,
  )
  if (given.length !== 1) {
    throw invalidParameter('Exactly one of logGroupName, logGroupNames and logGroupIdentifiers must be specified.')
  }
  const identifiers = [...new Set(given.flat())].filter(each => each !== undefined)
  if (identifiers.length === 0) throw invalidParameter('At least one log group must be specified.')
  if (identifiers.length > MAX_GROUPS) throw invalidParameter(`At most ${MAX_GROUPS} log groups can be specified.`)
  return identifiers.map(each => (logGroupIdentifiers ? findGroupByIdentifier(ctx, each) : findGroup(ctx, each)))
}

function findQuery(ctx: Ctx, id: string): QueryRow {
  const row = ctx.sql.first<QueryRow>('SELECT * FROM logs_queries WHERE id = ?', id)
  if (!row) throw new AwsError('ResourceNotFoundException', `Query ${id} does not exist`)
  return row
}

const MAX_PAGE = 10_000
/** Characters of a page's results: an answer between objects is bounded. */
const MAX_PAGE_CHARACTERS = 6_000_000

/** A long one lies in its blob. */
type ResultRow = { place: number; json: string; blob: number | null }

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetQueryResults.html */
export function GetQueryResults(ctx: Ctx, input: In<'GetQueryResults'>): Out<'GetQueryResults'> {
  const query = findQuery(ctx, input.queryId)
  const start = pageStart(input.nextToken, query.id, invalidToken())
  const most = input.maxItems || MAX_PAGE
  const results: Result[] = []
  let [characters, next] = [0, start === undefined ? 0 : Number(start)]
  const rows = ctx.sql.each<ResultRow>(
    'SELECT place, json, blob FROM logs_query_results WHERE query = ? AND place >= ? ORDER BY place',
    query.seq,
    next,
  )
  let more = false
  for (const { place, json, blob } of rows) {
    more = results.length === most || characters > MAX_PAGE_CHARACTERS
    if (more) break
    const text = blob === null ? json : new TextDecoder().decode(readBlob(ctx, blob))
    results.push(JSON.parse(text) as Result) // written by writeResults
    characters += text.length
    next = place + 1
  }
  return {
    queryLanguage: 'CWLI',
    results,
    statistics: {
      recordsMatched: query.matched,
      recordsScanned: query.scanned,
      estimatedRecordsSkipped: 0,
      bytesScanned: query.bytes,
      estimatedBytesSkipped: 0,
      logGroupsScanned: (JSON.parse(query.logGroups) as string[]).length, // written by StartQuery
      resultCount: query.results,
    },
    status: query.status,
    ...(more ? { nextToken: pageToken(String(next), query.id) } : {}),
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StopQuery.html */
export function StopQuery(ctx: Tx, { queryId }: In<'StopQuery'>): Out<'StopQuery'> {
  const query = findQuery(ctx, queryId)
  if (query.status !== 'Running')
    throw invalidParameter(`Query ${queryId} is not running: its status is ${query.status}`)
  ctx.sql.run("UPDATE logs_queries SET status = 'Cancelled', endedAt = ? WHERE seq = ?", ctx.now, query.seq)
  return { success: true }
}

const DEFAULT_LIMIT = 1000

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeQueries.html */
export function DescribeQueries(ctx: Ctx, input: In<'DescribeQueries'>): Out<'DescribeQueries'> {
  const { logGroupName, status, queryLanguage, maxResults = DEFAULT_LIMIT } = input
  const { rows, next } = listing<QueryRow>(
    ctx,
    { ...paging(input), size: maxResults },
    {
      from: 'logs_queries',
      where: {
        'status = ?': status,
        'EXISTS (SELECT 1 FROM json_each(logGroups) WHERE value = ?)': logGroupName,
        // All queries are of one language.
        "? = 'CWLI'": queryLanguage,
      },
      key: 'seq',
      order: 'DESC',
    },
  )
  return { queries: rows.map(describe), nextToken: next }
}

function describe({ id, text, status, startedAt, endedAt, logGroups, bytes }: QueryRow) {
  const [logGroupName] = JSON.parse(logGroups) as string[] // written by StartQuery
  return {
    queryLanguage: 'CWLI' as const,
    queryId: id,
    queryString: text,
    status,
    createTime: startedAt,
    bytesScanned: bytes,
    ...(endedAt === null ? {} : { queryDuration: endedAt - startedAt }),
    ...(logGroupName === undefined ? {} : { logGroupName }),
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListLogGroupsForQuery.html */
export function ListLogGroupsForQuery(ctx: Ctx, input: In<'ListLogGroupsForQuery'>): Out<'ListLogGroupsForQuery'> {
  const names = JSON.parse(findQuery(ctx, input.queryId).logGroups) as string[] // written by StartQuery
  const { rows, next } = listingOf(ctx, paging(input), { rows: names })
  return { logGroupIdentifiers: rows.map(name => groupArn(ctx, name)), nextToken: next }
}

/** The timer: results are kept no longer. */
export function onQueryExpiry(ctx: Tx, id: string): void {
  const query = ctx.sql.first<QueryRow>('SELECT * FROM logs_queries WHERE id = ?', id)
  if (!query) return
  const kept = ctx.sql.all<{ blob: number | null }>(
    'DELETE FROM logs_query_results WHERE query = ? RETURNING blob',
    query.seq,
  )
  dropBlobs(
    ctx,
    kept.flatMap(({ blob }) => blob ?? []),
  )
  ctx.sql.run('DELETE FROM logs_queries WHERE seq = ?', query.seq)
}
