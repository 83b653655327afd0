import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  PutLogEventsCommand,
  type PutLogEventsCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs'
import { AddPermissionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { gunzipSync } from 'node:zlib'
import { type TestClients, testClients } from './clients.ts'
import { create, ECHO } from './lambda.ts'

export const LOGS_ARN = 'arn:aws:logs:us-east-1:123456789012'

/** An event as tests write it: when (epoch milliseconds) and what. */
export type Line = [timestamp: number, message: string]

/** What a test of CloudWatch Logs works with. */
export type TestLogs = {
  aws: TestClients
  logs: CloudWatchLogsClient
  group(logGroupName: string, ...logStreamNames: string[]): Promise<void>
  put(logGroupName: string, logStreamName: string, ...lines: Line[]): Promise<PutLogEventsCommandOutput>
  /** All messages that a filter finds, over all its pages. */
  found(input: FilterLogEventsCommandInput): Promise<(string | undefined)[]>
}

export function testLogs(): TestLogs {
  const aws = testClients()
  // The live tail's host prefix would change the address of the emulator.
  const logs = aws.client(CloudWatchLogsClient, { disableHostPrefix: true } as object)
  return {
    aws,
    logs,
    async group(logGroupName, ...logStreamNames) {
      await logs.send(new CreateLogGroupCommand({ logGroupName }))
      for (const logStreamName of logStreamNames) {
        await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }))
      }
    },
    put(logGroupName, logStreamName, ...lines) {
      const logEvents = lines.map(([timestamp, message]) => ({ timestamp, message }))
      return logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }))
    },
    async found(input) {
      const messages: (string | undefined)[] = []
      let nextToken: string | undefined
      do {
        const page = await logs.send(new FilterLogEventsCommand({ ...input, ...(nextToken ? { nextToken } : {}) }))
        messages.push(...(page.events ?? []).map(({ message }) => message))
        nextToken = page.nextToken
      } while (nextToken)
      return messages
    },
  }
}

/** Makes a function that CloudWatch Logs may invoke for any log group. @returns its ARN */
export async function openFunction(aws: TestClients, FunctionName: string, code = ECHO): Promise<string> {
  const lambda = aws.client(LambdaClient)
  const { FunctionArn = '' } = await create(lambda, code, { FunctionName })
  const permission = {
    StatementId: 'logs',
    Action: 'lambda:InvokeFunction',
    Principal: 'logs.amazonaws.com',
    SourceArn: `${LOGS_ARN}:log-group:*`,
  }
  await lambda.send(new AddPermissionCommand({ FunctionName, ...permission }))
  return FunctionArn
}

/** A subscription's message. */
export type Message = {
  messageType: string
  policyLevel?: string
  owner: string
  logGroup: string
  logStream: string
  subscriptionFilters: string[]
  logEvents: { id: string; timestamp: number; message: string; extractedFields?: Record<string, string> }[]
}

/** What base64 of gzipped JSON holds. */
export function unpack(data: string): Message {
  return JSON.parse(gunzipSync(Buffer.from(data, 'base64')).toString()) as Message // the documented form
}
