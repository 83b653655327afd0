import { GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import { expect, test } from 'vitest'
import { minutes, refusal, setUpCloudWatch, stat } from '../support/cloudwatch.ts'

/** `orders` 1 2 – 4 and `errors` 2 0 1 1 in the first four minutes. */
async function setUp() {
  const work = await setUpCloudWatch()
  const at = (
    MetricName: string,
    minute: number,
    Value: number,
    Dimensions = [] as { Name: string; Value: string }[],
  ) => ({
    MetricName,
    Value,
    Timestamp: minutes(minute),
    Dimensions,
  })
  await work.put(at('orders', 0, 1), at('orders', 1, 2), at('orders', 3, 4))
  await work.put(at('errors', 0, 2), at('errors', 1, 0), at('errors', 2, 1), at('errors', 3, 1))
  const metrics = [stat('m1', 'orders', 'Sum', false), stat('m2', 'errors', 'Sum', false)]
  const math = (Expression: string, more: Partial<MetricDataQuery> = {}) =>
    work.values([...metrics, { Id: 'e1', Expression, ...more }])
  const refused = (Expression: string) =>
    refusal(
      work.cloudwatch.send(
        new GetMetricDataCommand({
          MetricDataQueries: [...metrics, { Id: 'e1', Expression }],
          StartTime: minutes(0),
          EndTime: minutes(4),
        }),
      ),
    )
  return { ...work, at, math, refused }
}

const one = (...values: number[]) => [['e1', ...values]]

test('metrics are added up, compared and put to powers where both have values', async () => {
  const { math } = await setUp()
  expect(await math('m1 + m2')).toEqual(one(3, 2, 5))
  expect(await math('100 * m2 / m1')).toEqual(one(200, 0, 25))
  expect(await math('m1 / m2')).toEqual(one(0.5, 4))
  expect(await math('-m1 ^ 2 + 1')).toEqual(one(0, -3, -15))
  expect(await math('m1 > 1 AND m2 < 1')).toEqual(one(0, 1, 0))
  expect(await math('(m1 == 1) || (m1 >= 4)')).toEqual(one(1, 0, 1))
})

test.each([
  ['SUM([m1, m2])', [3, 2, 1, 5]],
  ['AVG(METRICS())', [1.5, 1, 1, 2.5]],
  ['MAX(METRICS("m"))', [2, 2, 1, 4]],
  ['m1 - MIN(m1)', [0, 1, 3]],
  ['FILL(m1, 0)', [1, 2, 0, 4, 0, 0, 0, 0, 0, 0]],
  ['FILL(m1, LINEAR)', [1, 2, 3, 4]],
  ['FILL(m1, REPEAT)', [1, 2, 2, 4, 4, 4, 4, 4, 4, 4]],
  ['RATE(m1) * PERIOD(m1)', [1, 1]],
  ['DIFF(m1)', [1, 2]],
  ['DIFF_TIME(m1)', [60, 120]],
  ['RUNNING_SUM(m1)', [1, 3, 7]],
  ['IF(m1 > 1, m1, 0)', [0, 2, 4]],
  ['IF(m2 > 0, m2)', [2, 1, 1]],
  ['CEIL(m1 / 3)', [1, 1, 2]],
  ['ABS(FLOOR(-m1 / 3))', [1, 1, 2]],
  ['LOG10(m1 * 0 + 100)', [2, 2, 2]],
  ['m1 * METRIC_COUNT(METRICS())', [2, 4, 8]],
  ['m1 * 0 + DATAPOINT_COUNT(m1)', [3, 3, 3]],
  ['HOUR(m1) + MINUTE(m1)', [12, 13, 15]],
  ['FIRST(SORT(METRICS(), MAX, DESC))', [1, 2, 4]],
  ['SLICE(SORT(METRICS(), SUM, ASC), 0)', [2, 0, 1, 1]],
  ['LAST(METRICS())', [2, 0, 1, 1]],
  ['m1 - TIME_SERIES(1)', [0, 1, 3]],
])('%s', async (expression, expected) => {
  const { math } = await setUp()
  expect(await math(expression)).toEqual(one(...expected))
})

test('expressions build on each other, and each series of an array is a result', async () => {
  const { values, math } = await setUp()
  const half = { Id: 'half', Expression: 'm1 / 2', ReturnData: false }
  expect(
    await values([{ Id: 'e1', Expression: 'half + 1', Label: 'more' }, half, stat('m1', 'orders', 'Sum', false)]),
  ).toEqual([['more', 1.5, 2, 3]])
  expect(await math('METRICS() * 10')).toEqual([
    ['orders', 10, 20, 40],
    ['errors', 20, 0, 10, 10],
  ])
})

test('a search finds metrics by schema and words', async () => {
  const { put, at, math } = await setUp()
  await put(at('Late', 0, 1, [{ Name: 'Shop', Value: 'Vienna' }]), at('Late', 0, 2, [{ Name: 'Shop', Value: 'Graz' }]))
  await put(at('Late', 0, 9, [{ Name: 'Country', Value: 'AT' }]))
  const search = (terms: string) => math(`SEARCH('{Shop,Shop} ${terms}', 'Sum', 60)`)
  expect(await search('MetricName="Late"')).toEqual([
    ['Graz Late', 2],
    ['Vienna Late', 1],
  ])
  expect(await search('vienna')).toEqual([['Vienna Late', 1]])
  expect(await search('NOT Vienna')).toEqual([['Graz Late', 2]])
  expect(await math(`SUM(SEARCH('Namespace="Shop" MetricName="Late"', 'Sum', 60))`)).toEqual(one(12))
})

test('Metrics Insights selects, groups, orders and limits', async () => {
  const { put, at, values } = await setUp()
  const shop = (Value: string) => [{ Name: 'Shop', Value }]
  await put(at('Late', 0, 1, shop('Vienna')), at('Late', 0, 5, shop('Graz')), at('Late', 1, 2, shop('Linz')))
  const select = (rest: string) => values([{ Id: 'q1', Expression: `SELECT SUM(Late) FROM ${rest}`, Period: 60 }])
  expect(await select('"Shop"')).toEqual([['Late', 6, 2]])
  expect(await select("SCHEMA(Shop, Shop) WHERE Shop != 'Linz'")).toEqual([['Late', 6]])
  expect(await select('Shop GROUP BY Shop ORDER BY MAX() DESC LIMIT 2')).toEqual([
    ['Graz', 5],
    ['Linz', 2],
  ])
})

test('labels name what they show', async () => {
  const { values } = await setUp()
  const labelled = (Label: string) => values([{ ...stat('m1', 'orders'), Label }])
  const [[label]] = (await labelled(
    `${'$'}{PROP('MetricName')} ${'$'}{PROP('Stat')} up to ${'$'}{MAX}, last at ${'$'}{LAST_TIME}`,
  )) as [[string]]
  expect(label).toBe('orders Sum up to 4, last at 2030-01-01 12:03:00 UTC')
})

test.each([
  ['m1 +', /Unexpected 'the end'/],
  ['m9 + 1', /Unknown identifier 'm9'/],
  ['NOSUCH(m1)', /Unknown or unsupported function 'NOSUCH'/],
  ['e1 + 1', /refers to itself/],
  ['METRICS() + METRICS()', /two arrays/],
  ['((((m1)', /Expected '\)'/],
  [`${'('.repeat(500)}m1${')'.repeat(500)}`, /nested too deeply/],
  ["SEARCH('{Shop', 'Sum', 60)", /Unexpected/],
  ['SELECT BEST(x) FROM y', /SELECT takes one of/],
  ['m1 # 2', /Unexpected character/],
])('the expression %s is refused', async (expression, why) => {
  const { refused } = await setUp()
  const said = await refused(expression)
  expect(said).toMatch(/^ValidationException: Error in expression 'e1': /)
  expect(said).toMatch(why)
})

test('queries that contradict themselves are refused', async () => {
  const { values } = await setUp()
  const m1 = stat('m1', 'orders')
  expect(await refusal(values([m1, m1]))).toMatch(/are not unique/)
  expect(await refusal(values([{ ...m1, Id: 'M1' }]))).toMatch(/expected pattern/)
  expect(await refusal(values([{ ...m1, Expression: '1' }]))).toMatch(/mutually exclusive/)
  expect(await refusal(values([{ Id: 'e1' }]))).toMatch(/must be specified/)
  expect(await refusal(values([stat('m1', 'orders', 'p100.5')]))).toMatch(/^ValidationException/)
})
