import {
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  InvokeCommand,
  type InvokeCommandInput,
  LambdaClient,
} from '@aws-sdk/client-lambda'
import { strToU8, zipSync } from 'fflate'
import { type TestClients, testClients } from './clients.ts'

export const Role = 'arn:aws:iam::123456789012:role/not-in-iam'
/** A zip of one file. */
export const zip = (code: string, file = 'index.js') => zipSync({ [file]: strToU8(code) })
export const ECHO =
  'exports.handler = async (event, context) => { console.log("got", event); return { event, id: context.awsRequestId } }'

/** What `/_fakecloud/lambda/invocations` shows. */
export type Invocation = {
  id: string
  functionArn: string
  event: unknown
  payload: string
  source: string
  timestamp: string
  durationMs: number
  cold: boolean
  status: string
  result: unknown
  error: { errorType: string; errorMessage: string } | null
  logTail: string
  requestId: string
  traceId: string
}

export function setUp() {
  const aws = testClients()
  const lambda = aws.client(LambdaClient)
  return { aws, lambda }
}

/** Makes the function `work`. */
export async function create(lambda: LambdaClient, code: string, settings: Partial<CreateFunctionCommandInput> = {}) {
  return lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'work',
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role,
      Code: { ZipFile: zip(code) },
      ...settings,
    }),
  )
}

/** Invokes it; `payload` is the answer, parsed. */
export async function invoke(lambda: LambdaClient, payload: unknown = {}, settings: Partial<InvokeCommandInput> = {}) {
  const answer = await lambda.send(
    new InvokeCommand({ FunctionName: 'work', Payload: JSON.stringify(payload), ...settings }),
  )
  const text = new TextDecoder().decode(answer.Payload ?? new Uint8Array(0))
  return { ...answer, payload: text === '' ? undefined : JSON.parse(text) }
}

/** Every run in the namespace, oldest first. */
export async function invocations(aws: TestClients): Promise<Invocation[]> {
  const answer = await aws.admin<{ invocations: Invocation[] }>('GET', '/_fakecloud/lambda/invocations')
  return answer.invocations
}

/** The error of a request that must be refused; undefined when it was not. */
export const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: Error & { $metadata?: { httpStatusCode?: number } }) => ({
      name: error.name,
      message: error.message,
      status: error.$metadata?.httpStatusCode,
    }),
  )
