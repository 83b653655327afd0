import { CloudWatchLogsClient, DeleteLogGroupCommand, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { expect, it } from 'vitest'
import { eventually, type TestClients } from '../support/clients.ts'
import { apiServer } from '../support/api-server.ts'
import { create, invoke, setUp } from '../support/lambda.ts'

const logGroupName = '/aws/lambda/work'

/** The messages of the function's log, its own lines by their last field. */
async function messages(aws: TestClients): Promise<string[]> {
  const { events = [] } = await aws.client(CloudWatchLogsClient).send(new FilterLogEventsCommand({ logGroupName }))
  return events.map(({ message = '' }) => message.split('\t').at(-1)?.trim() ?? '')
}

it('what a function logs can be read while it runs', async () => {
  const { aws, lambda } = setUp()
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const { url } = await apiServer(async () => {
    await released
    return {}
  })
  const code = 'exports.handler = async ({ url }) => { console.log("early"); await fetch(url); console.log("late") }'
  await create(lambda, code, { Timeout: 60 })
  const answer = invoke(lambda, { url })
  await eventually(async () => {
    const seen = await messages(aws)
    expect(seen[0]).toMatch(/^START RequestId/)
    expect(seen[1]).toBe('early')
  })
  release()
  await answer
  await eventually(async () => {
    const [start, early, late, end, ...rest] = await messages(aws)
    expect(start).toMatch(/^START/)
    expect([early, late]).toEqual(['early', 'late'])
    expect(end).toMatch(/^END/)
    expect(rest).toHaveLength(1)
  })
})

it('a warm function whose log group was deleted makes it again, and loses nothing', async () => {
  const { aws, lambda } = setUp()
  await create(lambda, 'exports.handler = async ({ word }) => console.log(word)')
  await invoke(lambda, { word: 'one' })
  await eventually(async () => expect(await messages(aws)).toContain('one'))
  await aws.client(CloudWatchLogsClient).send(new DeleteLogGroupCommand({ logGroupName }))
  await invoke(lambda, { word: 'two' })
  await eventually(async () => expect(await messages(aws)).toContain('two'))
  expect(await messages(aws)).not.toContain('one')
})
