import { describe, expect, it } from 'vitest'
import { readQuery } from '../../../durable-objects/services/logs/queries/insights/commands.ts'
import { pipelineOf } from '../../../durable-objects/services/logs/queries/insights/pipeline.ts'
import { rowOf } from '../../../durable-objects/services/logs/queries/insights/rows.ts'

const NOW = Date.UTC(2024, 0, 31, 12, 34, 56, 789)

/** Runs a query over messages, the newest first, one second apart; rows without their pointers. */
function run(query: string, messages: string[], logGroup = 'g') {
  const pipeline = pipelineOf(readQuery(query, NOW), 10_000)
  for (const [index, message] of messages.entries()) {
    if (pipeline.full()) break
    const timestamp = NOW - index * 1000
    pipeline.push(
      rowOf({
        pointer: `p${index}`,
        timestamp,
        ingestedAt: NOW,
        message,
        logStream: 's',
        logGroup,
        account: '123456789012',
      }),
    )
  }
  const rows = pipeline.end().map(result => Object.fromEntries(result.map(({ field, value }) => [field, value])))
  return rows.map(({ '@ptr': _pointer, ...row }) => row)
}

const json = (...events: object[]) => events.map(event => JSON.stringify(event))
const REQUESTS = json(
  { level: 'INFO', status: 200, ms: 10, user: { id: 'ann' } },
  { level: 'ERROR', status: 500, ms: 250, user: { id: 'bob' } },
  { level: 'INFO', status: 200, ms: 30, user: { id: 'ann' } },
  { level: 'WARN', status: 404, ms: 5, user: { id: 'cem' } },
)

describe('a query of CloudWatch Logs Insights', () => {
  it('shows time and message unless it asks for other fields', () => {
    expect(run('limit 1', ['hello'])).toEqual([{ '@timestamp': '2024-01-31 12:34:56.789', '@message': 'hello' }])
    expect(run('fields @log, @logStream, level, missing, user.id as id', REQUESTS.slice(0, 1))).toEqual([
      { '@log': '123456789012:g', '@logStream': 's', level: 'INFO', id: 'ann' },
    ])
    expect(run('fields level | display status', REQUESTS.slice(0, 1))).toEqual([{ status: '200' }])
  })

  it.each([
    ['filter status >= 400', [500, 404]],
    ['filter status = "200"', [200, 200]],
    ['filter level != "INFO" and ms > 100', [500]],
    ['filter level = "WARN" or level = "ERROR"', [500, 404]],
    ['filter not (status = 200)', [500, 404]],
    ['filter level in ["ERROR", "WARN"]', [500, 404]],
    ['filter level not in ["INFO"]', [500, 404]],
    ['filter @message like /(?i)error/', [500]],
    ['filter @message =~ /"ms":\\d\\d,/', [200, 200]],
    ['filter @message like "bob"', [500]],
    ['filter @message not like "ann"', [500, 404]],
    ['filter ispresent(missing)', []],
    ['filter missing != 1', []],
    ['filter ms * 2 + 10 = 30', [200]],
    ['filter strcontains(user.id, "b") # a comment\n', [500]],
    ["filter `user.id` = 'cem'", [404]],
  ])('%s', (query, statuses) => {
    expect(run(`${query} | fields status`, REQUESTS).map(({ status }) => Number(status))).toEqual(statuses)
  })

  it('counts and calculates, by groups', () => {
    expect(
      run(
        'stats count(*), sum(ms) as total, avg(ms), max(status), min(ms), count_distinct(user.id) as users',
        REQUESTS,
      ),
    ).toEqual([{ 'count(*)': '4', total: '295', 'avg(ms)': '73.75', 'max(status)': '500', 'min(ms)': '5', users: '3' }])
    expect(run('stats count(*) as n by level | sort n desc, level asc', REQUESTS)).toEqual([
      { level: 'INFO', n: '2' },
      { level: 'ERROR', n: '1' },
      { level: 'WARN', n: '1' },
    ])
    expect(run('stats count(*) by bin(1m) | sort count(*) desc', REQUESTS)).toEqual([
      { 'bin(1m)': '2024-01-31 12:34:00.000', 'count(*)': '4' },
    ])
    expect(run('stats pct(ms, 50) as p50, median(ms), stddev(status) by level', REQUESTS)[0]).toEqual({
      level: 'INFO',
      p50: '10',
      'median(ms)': '10',
      'stddev(status)': '0',
    })
    expect(run('stats latest(ms) as last, earliest(ms) as first, sum(ms) / count(*) as mean', REQUESTS)).toEqual([
      { last: '10', first: '5', mean: '73.75' },
    ])
    expect(run('filter status = 1 | stats count(*) as n', REQUESTS)).toEqual([{ n: '0' }])
    expect(run('stats count(*) as n by level | filter n > 1 | stats sum(n) as all', REQUESTS)).toEqual([{ all: '2' }])
  })

  it('sorts numbers as numbers, limits, and drops what is there twice', () => {
    expect(run('fields ms | sort ms asc', REQUESTS).map(({ ms }) => ms)).toEqual(['5', '10', '30', '250'])
    expect(run('fields ms | sort ms desc | limit 2', REQUESTS).map(({ ms }) => ms)).toEqual(['250', '30'])
    expect(run('fields ms | dedup level', REQUESTS).map(({ ms }) => ms)).toEqual(['10', '250', '5'])
  })

  it('parses with asterisks and with named groups', () => {
    const lines = ['[ERROR] user=ann took 12 ms', 'nothing']
    expect(run('parse @message "[*] user=* took * ms" as level, user, ms | display level, user, ms', lines)).toEqual([
      { level: 'ERROR', user: 'ann', ms: '12' },
      {},
    ])
    expect(run('parse /user=(?<user>\\w+) took (?<ms>\\d+)/ | stats sum(ms) by user', lines.slice(0, 1))).toEqual([
      { user: 'ann', 'sum(ms)': '12' },
    ])
  })

  it.each([
    ['abs(-2)', '2'],
    ['ceil(1.2) + floor(1.8)', '3'],
    ['sqrt(16) ^ 2', '16'],
    ['7 % 4', '3'],
    ['greatest(1, 10, 2)', '10'],
    ['least("b", "a")', 'a'],
    ['coalesce(missing, "x")', 'x'],
    ['concat("a", "-", 1)', 'a-1'],
    ['toupper("é")', 'É'],
    ['trim("  a ")', 'a'],
    ['ltrim("xxa", "x")', 'a'],
    ['substr("abcdef", 1, 3)', 'bcd'],
    ['replace("a.b.c", ".", "")', 'abc'],
    ['strlen("\u{1f600}")', '1'],
    ['isblank(" ")', '1'],
    ['fromMillis(0)', '1970-01-01 00:00:00.000'],
    ['toMillis(@timestamp)', String(NOW)],
    ['now()', String(Math.floor(NOW / 1000))],
    ['datefloor(@timestamp, 1h)', '2024-01-31 12:00:00.000'],
    ['dateceil(@timestamp, 1d)', '2024-02-01 00:00:00.000'],
    ['datefloor(@timestamp, 1mo)', '2024-01-01 00:00:00.000'],
  ])('%s is %s', (expression, value) => {
    expect(run(`display ${expression} as x`, ['m'])).toEqual([{ x: value }])
  })

  it('finds the fields of Lambda’s own lines', () => {
    const id = '00000000-1111-2222-3333-444444444444'
    const report = `REPORT RequestId: ${id}\tDuration: 12.50 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB\tInit Duration: 90.10 ms\t\n`
    const query =
      'filter @type = "REPORT" | stats max(@duration) as d, max(@maxMemoryUsed) as m, max(@initDuration) as i by @requestId'
    expect(run(query, [report, `2024\t${id}\tINFO\thi`], '/aws/lambda/f')).toEqual([
      { '@requestId': id, d: '12.5', m: '64000000', i: '90.1' },
    ])
  })

  it.each([
    '',
    'select 1',
    'fields',
    'filter',
    'filter a =',
    'stats level',
    'limit x',
    'limit 0',
    'fields a |',
    'fields nope(1)',
    'parse "a*b" as x, y',
    'filter a like b',
    'fields a b',
    `filter ${'('.repeat(5000)}`,
    `filter ${'not '.repeat(2000)}a`,
    'stats count(',
    'parse @message /no groups/',
    'filter a like /(/',
    'stats bin(0m)',
  ])('refuses %j', query => {
    expect(() => readQuery(query, NOW)).toThrow(expect.objectContaining({ code: 'MalformedQueryException' }))
  })

  it('says of a command that is not built that it is not', () => {
    expect(() => readQuery('pattern @message', NOW)).toThrow(
      expect.objectContaining({ code: 'NotImplemented', status: 501 }),
    )
  })
})
