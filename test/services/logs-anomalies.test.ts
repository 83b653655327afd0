import {
  CreateLogAnomalyDetectorCommand,
  DeleteLogAnomalyDetectorCommand,
  GetLogAnomalyDetectorCommand,
  ListAnomaliesCommand,
  ListLogAnomalyDetectorsCommand,
  ListLogGroupsForQueryCommand,
  StartQueryCommand,
  UpdateAnomalyCommand,
  UpdateLogAnomalyDetectorCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { expect, it } from 'vitest'
import { failure } from '../support/lambda.ts'
import { LOGS_ARN, testLogs } from '../support/logs.ts'

const GROUP = `${LOGS_ARN}:log-group:g`

async function start() {
  const test = testLogs()
  await Promise.all([test.group('g'), test.group('h')])
  const create = async (more = {}) => {
    const input = { logGroupArnList: [GROUP], ...more }
    return (await test.logs.send(new CreateLogAnomalyDetectorCommand(input))).anomalyDetectorArn ?? ''
  }
  return { ...test, create }
}

it('an anomaly detector comes back as it was made, is updated, listed by its group and deleted', async () => {
  const { logs, create } = await start()
  const settings = { detectorName: 'd', evaluationFrequency: 'TEN_MIN' as const, filterPattern: 'ERROR' }
  const anomalyDetectorArn = await create(settings)
  expect(anomalyDetectorArn).toMatch(/^arn:aws:logs:us-east-1:123456789012:anomaly-detector:[0-9a-f-]{36}$/)
  const get = async () => {
    const { $metadata: _, ...detector } = await logs.send(new GetLogAnomalyDetectorCommand({ anomalyDetectorArn }))
    return detector
  }
  const detector = {
    ...settings,
    logGroupArnList: [GROUP],
    anomalyDetectorStatus: 'ANALYZING',
    anomalyVisibilityTime: 21,
    creationTimeStamp: expect.any(Number),
    lastModifiedTimeStamp: expect.any(Number),
  }
  expect(await get()).toEqual(detector)
  const change = { anomalyDetectorArn, enabled: false, anomalyVisibilityTime: 7 }
  await logs.send(new UpdateLogAnomalyDetectorCommand(change))
  expect(await get()).toEqual({ ...detector, anomalyDetectorStatus: 'PAUSED', anomalyVisibilityTime: 7 })
  const listed = async (filterLogGroupArn: string) =>
    (await logs.send(new ListLogAnomalyDetectorsCommand({ filterLogGroupArn }))).anomalyDetectors?.length
  expect([await listed(GROUP), await listed(`${LOGS_ARN}:log-group:h`)]).toEqual([1, 0])
  await logs.send(new DeleteLogAnomalyDetectorCommand({ anomalyDetectorArn }))
  expect(await failure(get())).toMatchObject({ name: 'ResourceNotFoundException' })
  expect(await failure(create({ anomalyVisibilityTime: 3 }))).toMatchObject({ name: 'InvalidParameterException' })
  expect(await failure(create({ logGroupArnList: [`${GROUP}-none`] }))).toMatchObject({
    message: 'The specified log group does not exist.',
  })
})

it('an injected anomaly is listed until it is suppressed, for a while or for good', async () => {
  const { aws, logs, create } = await start()
  const anomalyDetectorArn = await create()
  const { anomalyId } = await aws.admin<{ anomalyId: string }>('POST', '/_fakecloud/logs/anomalies/inject', {
    anomalyDetectorArn,
    logGroupArns: [GROUP],
    patternString: 'connection <*> refused',
  })
  const list = async (suppressionState: 'SUPPRESSED' | 'UNSUPPRESSED') =>
    (await logs.send(new ListAnomaliesCommand({ anomalyDetectorArn, suppressionState }))).anomalies ?? []
  expect(await list('UNSUPPRESSED')).toMatchObject([
    { anomalyId, anomalyDetectorArn, patternString: 'connection <*> refused', priority: 'MEDIUM', state: 'Active' },
  ])
  const suppressionPeriod = { value: 1, suppressionUnit: 'HOURS' as const }
  const limited = { anomalyId, anomalyDetectorArn, suppressionType: 'LIMITED' as const, suppressionPeriod }
  await logs.send(new UpdateAnomalyCommand(limited))
  expect(await list('UNSUPPRESSED')).toEqual([])
  expect(await list('SUPPRESSED')).toMatchObject([{ anomalyId, suppressed: true, state: 'Suppressed' }])
  await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 3601 })
  expect(await list('UNSUPPRESSED')).toHaveLength(1)
  const unknown = new UpdateAnomalyCommand({ anomalyId: 'x'.repeat(36), anomalyDetectorArn })
  expect(await failure(logs.send(unknown))).toMatchObject({ message: 'The specified anomaly does not exist.' })
})

it('the log groups of a query are listed, page by page', async () => {
  const { logs } = await start()
  const input = { logGroupNames: ['g', 'h'], startTime: 0, endTime: 1, queryString: 'fields @message' }
  const { queryId } = await logs.send(new StartQueryCommand(input))
  const first = await logs.send(new ListLogGroupsForQueryCommand({ queryId, maxResults: 50 }))
  expect(first.logGroupIdentifiers).toEqual([GROUP, `${LOGS_ARN}:log-group:h`])
  expect(await failure(logs.send(new ListLogGroupsForQueryCommand({ queryId: 'none' })))).toMatchObject({
    name: 'ResourceNotFoundException',
  })
})
