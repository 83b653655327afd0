import { AddPermissionCommand, CreateFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { strToU8, zipSync } from 'fflate'
import { counted } from './draining.ts'
import type { Endpoint } from './endpoint.ts'
import { acknowledged, type Part, sleep } from './part.ts'

const FunctionName = 'worker'
export const FUNCTION_ARN = `arn:aws:lambda:us-east-1:123456789012:function:${FunctionName}`
const CODE = 'exports.handler = async event => ({ seen: event.id ?? event.Records?.length })'
/** Retries of runs that died with their process have this long, in milliseconds. */
const SETTLE_MS = 60_000

/** A function that everybody may call. Throws where there is no Lambda. */
export async function makeFunction(endpoint: Endpoint): Promise<void> {
  const lambda = endpoint.client(LambdaClient)
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::123456789012:role/none',
      Code: { ZipFile: zipSync({ 'index.js': strToU8(CODE) }) },
      Timeout: 10,
    }),
  )
  const permission = { StatementId: 's3', Action: 'lambda:InvokeFunction', Principal: 's3.amazonaws.com' }
  await lambda.send(new AddPermissionCommand({ FunctionName, ...permission, SourceAccount: '123456789012' }))
  await lambda.send(new InvokeCommand({ FunctionName, Payload: '{"id":"first"}' }))
}

/** Events and direct calls: each that was acknowledged has its record. */
export function invocations(endpoint: Endpoint): Part {
  const lambda = endpoint.client(LambdaClient)
  const done = new Set<string>()

  async function invoke(InvocationType: 'Event' | 'RequestResponse', isOver: () => boolean): Promise<void> {
    for (let n = 0; !isOver(); n++) {
      const id = `${InvocationType}-${n}`
      const call = new InvokeCommand({ FunctionName, InvocationType, Payload: JSON.stringify({ id }) })
      if (await acknowledged(() => lambda.send(call))) done.add(id)
      await sleep(25)
    }
  }

  return {
    name: 'Lambda',
    work: async isOver => {
      await Promise.all([invoke('Event', isOver), invoke('RequestResponse', isOver)])
    },
    async verify() {
      const ids = (await hasRun(endpoint, 'invoke')).map(payload => (JSON.parse(payload) as { id: string }).id) // as sent above
      const counts = counted(ids)
      const lost = [...done].filter(id => !counts.has(id))
      const twice = [...counts].filter(([id, count]) => count > 1 && id.startsWith('RequestResponse'))
      const repeated = [...counts].filter(([id, count]) => count > 1 && id.startsWith('Event')).length
      const wrong = twice.map(([id]) => `${id} ran twice`)
      return { figure: `${done.size} invocations`, lost, wrong, repeated }
    },
  }
}

type Shown = { payload: string; source: string; status: string }

/** Payloads of the runs that S3, or a caller, had asked for, once all of them have ended. */
export async function hasRun(endpoint: Endpoint, source: 's3' | 'invoke'): Promise<string[]> {
  const path = `/_fakecloud/lambda/invocations?settle=${SETTLE_MS}`
  const { invocations: all } = await endpoint.admin<{ invocations: Shown[] }>('GET', path)
  return all.filter(each => each.source.includes(source)).map(({ payload }) => payload)
}
