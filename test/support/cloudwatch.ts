import {
  CloudWatchClient,
  GetMetricDataCommand,
  type MetricDataQuery,
  type MetricDatum,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch'
import { type TestClients, testClients } from './clients.ts'

/** What the tests of CloudWatch begin at, with the clock stopped there. */
export const START = Date.parse('2030-01-01T12:00:00Z')
export const minutes = (count: number) => new Date(START + count * 60_000)

/** A namespace whose clock stands at noon. */
export async function setUpCloudWatch() {
  const aws = testClients()
  await aws.admin('POST', '/_fakecloud/clock/freeze', { at: minutes(0).toISOString() })
  const cloudwatch = aws.client(CloudWatchClient)
  return { aws, cloudwatch, ...workWith(aws, cloudwatch) }
}

function workWith(aws: TestClients, cloudwatch: CloudWatchClient) {
  const put = (...MetricData: MetricDatum[]) =>
    cloudwatch.send(new PutMetricDataCommand({ Namespace: 'Shop', MetricData }))
  const advance = (seconds: number) => aws.admin('POST', '/_fakecloud/clock/advance', { seconds })
  /** Values by query, the oldest first, over the ten minutes from noon. */
  const values = async (queries: MetricDataQuery[]) => {
    const { MetricDataResults = [] } = await cloudwatch.send(
      new GetMetricDataCommand({
        MetricDataQueries: queries,
        StartTime: minutes(0),
        EndTime: minutes(10),
        ScanBy: 'TimestampAscending',
      }),
    )
    return MetricDataResults.map(({ Label, Values }) => [Label, ...(Values ?? [])])
  }
  return { put, advance, values }
}

export const stat = (Id: string, MetricName: string, Stat = 'Sum', ReturnData = true): MetricDataQuery => ({
  Id,
  ReturnData,
  MetricStat: { Metric: { Namespace: 'Shop', MetricName }, Period: 60, Stat },
})

/** The error of a request that must be refused: its name and message. */
export const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: Error) => `${error.name}: ${error.message}`,
  )
