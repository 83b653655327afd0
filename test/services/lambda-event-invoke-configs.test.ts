import {
  DeleteFunctionEventInvokeConfigCommand,
  GetFunctionEventInvokeConfigCommand,
  type LambdaClient,
  ListFunctionEventInvokeConfigsCommand,
  PutFunctionEventInvokeConfigCommand,
  type PutFunctionEventInvokeConfigCommandInput,
  UpdateFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda'
import { describe, expect, it } from 'vitest'
import { create, ECHO, failure, setUp } from '../support/lambda.ts'

const arn = 'arn:aws:lambda:us-east-1:123456789012:function:work'

async function configure(lambda: LambdaClient, settings: Partial<PutFunctionEventInvokeConfigCommandInput>) {
  await lambda.send(new PutFunctionEventInvokeConfigCommand({ FunctionName: 'work', ...settings }))
}

describe('event invoke configurations', () => {
  it('give back what was put; an update keeps what it does not name', async () => {
    const { lambda } = setUp()
    await create(lambda, ECHO, { Publish: true })
    const queue = 'arn:aws:sqs:us-east-1:123456789012:q'
    const put = {
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 300,
      DestinationConfig: { OnSuccess: { Destination: queue }, OnFailure: { Destination: queue } },
    }
    await configure(lambda, put)
    await configure(lambda, { ...put, Qualifier: '1' })
    const FunctionName = 'work'
    const read = await lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName }))
    expect(read).toMatchObject({ ...put, FunctionArn: `${arn}:$LATEST`, LastModified: expect.any(Date) })
    await lambda.send(new UpdateFunctionEventInvokeConfigCommand({ FunctionName, MaximumRetryAttempts: 2 }))
    const updated = await lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName }))
    expect(updated).toMatchObject({ ...put, MaximumRetryAttempts: 2 })
    const listed = await lambda.send(new ListFunctionEventInvokeConfigsCommand({ FunctionName }))
    expect(listed.FunctionEventInvokeConfigs?.map(config => config.FunctionArn)).toEqual([`${arn}:$LATEST`, `${arn}:1`])
    await lambda.send(new DeleteFunctionEventInvokeConfigCommand({ FunctionName }))
    expect(await failure(lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName })))).toEqual({
      name: 'ResourceNotFoundException',
      message: `The function ${arn}:$LATEST doesn't have an EventInvokeConfig`,
      status: 404,
    })
  })

  it('are refused with nothing to say, with a function as its own destination, and out of range', async () => {
    const { lambda } = setUp()
    await create(lambda, ECHO)
    expect(await failure(configure(lambda, {}))).toMatchObject({
      name: 'InvalidParameterValueException',
      message: 'You must specify at least one of error handling or destination setting.',
    })
    expect(await failure(configure(lambda, { DestinationConfig: { OnSuccess: { Destination: arn } } }))).toMatchObject({
      name: 'InvalidParameterValueException',
      message: "You can't specify the function as a destination for itself.",
    })
    expect(await failure(configure(lambda, { MaximumRetryAttempts: 3 }))).toEqual({
      name: 'ValidationException',
      message:
        "1 validation error detected: Value '3' at 'maximumRetryAttempts' failed to satisfy constraint: Member must have value less than or equal to 2",
      status: 400,
    })
  })
})
