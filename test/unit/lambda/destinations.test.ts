import { expect, it } from 'vitest'
import { invocationRecord } from '../../../durable-objects/services/lambda/invocations/destinations.ts'

it('a record of failure is AWS’s to the last field', () => {
  const functionArn = 'arn:aws:lambda:us-east-2:123456789012:function:f:$LATEST'
  const facts = { requestId: 'r-1', functionArn, attempts: 3, payload: '{"a":1}', now: Date.UTC(2019, 10, 14) }
  const response = {
    statusCode: 200,
    executedVersion: '$LATEST',
    functionError: 'Unhandled',
    payload: '{"errorMessage":"no"}',
  }
  expect(invocationRecord(facts, { condition: 'RetriesExhausted', response })).toEqual({
    version: '1.0',
    timestamp: '2019-11-14T00:00:00.000Z',
    requestContext: { requestId: 'r-1', functionArn, condition: 'RetriesExhausted', approximateInvokeCount: 3 },
    requestPayload: { a: 1 },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: { errorMessage: 'no' },
  })
})
