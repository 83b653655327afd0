import {
  AddPermissionCommand,
  CreateAliasCommand,
  DeleteFunctionCommand,
  GetPolicyCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  RemovePermissionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda'
import { describe, expect, it } from 'vitest'
import { create, ECHO, failure, invoke, setUp, zip } from '../support/lambda.ts'

describe('versions and aliases', () => {
  it('keep what was published, and publish nothing twice', async () => {
    const { lambda } = setUp()
    await create(lambda, 'exports.handler = async () => 1')
    const one = await lambda.send(new PublishVersionCommand({ FunctionName: 'work', Description: 'the first' }))
    expect(one).toMatchObject({ Version: '1', Description: 'the first', State: 'Pending' })
    expect(one.FunctionArn).toMatch(/:work:1$/)
    expect((await lambda.send(new PublishVersionCommand({ FunctionName: 'work' }))).Version).toBe('1')
    const ZipFile = zip('exports.handler = async () => 2')
    const two = await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'work', ZipFile, Publish: true }))
    expect(two.Version).toBe('2')
    expect((await invoke(lambda, {}, { Qualifier: '1' })).payload).toBe(1)
    const second = await invoke(lambda, {}, { Qualifier: '2' })
    expect(second).toMatchObject({ payload: 2, ExecutedVersion: '2' })
    const { Versions } = await lambda.send(new ListVersionsByFunctionCommand({ FunctionName: 'work' }))
    expect(Versions?.map(version => version.Version)).toEqual(['$LATEST', '1', '2'])
  })

  it('move traffic from blue to green by an alias’s weights', async () => {
    const { lambda } = setUp()
    await create(lambda, 'exports.handler = async () => "blue"', { Publish: true })
    await lambda.send(new CreateAliasCommand({ FunctionName: 'work', Name: 'live', FunctionVersion: '1' }))
    const ZipFile = zip('exports.handler = async () => "green"')
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'work', ZipFile, Publish: true }))
    const live = () => invoke(lambda, {}, { Qualifier: 'live' })
    expect((await live()).payload).toBe('blue')
    const alias = { FunctionName: 'work', Name: 'live' }
    await lambda.send(new UpdateAliasCommand({ ...alias, RoutingConfig: { AdditionalVersionWeights: { 2: 0.5 } } }))
    const colours = new Set<string>()
    for (let i = 0; i < 40 && colours.size < 2; i++) colours.add((await live()).payload)
    expect(colours).toEqual(new Set(['blue', 'green']))
    await lambda.send(
      new UpdateAliasCommand({ ...alias, FunctionVersion: '2', RoutingConfig: { AdditionalVersionWeights: {} } }),
    )
    expect(await live()).toMatchObject({ payload: 'green', ExecutedVersion: '2' })
    const refused = await failure(lambda.send(new DeleteFunctionCommand({ FunctionName: 'work', Qualifier: '2' })))
    expect(refused).toMatchObject({ name: 'ResourceConflictException' })
  })
})

describe('permissions', () => {
  it('are statements of the function’s policy', async () => {
    const { lambda } = setUp()
    const { FunctionArn } = await create(lambda, ECHO)
    const permission = {
      FunctionName: 'work',
      StatementId: 's3',
      Action: 'lambda:InvokeFunction',
      Principal: 's3.amazonaws.com',
      SourceArn: 'arn:aws:s3:::uploads',
      SourceAccount: '123456789012',
    }
    const { Statement } = await lambda.send(new AddPermissionCommand(permission))
    const statement = {
      Sid: 's3',
      Effect: 'Allow',
      Principal: { Service: 's3.amazonaws.com' },
      Action: 'lambda:InvokeFunction',
      Resource: FunctionArn,
      Condition: {
        StringEquals: { 'AWS:SourceAccount': '123456789012' },
        ArnLike: { 'AWS:SourceArn': 'arn:aws:s3:::uploads' },
      },
    }
    expect(JSON.parse(Statement ?? '')).toEqual(statement)
    const { Policy } = await lambda.send(new GetPolicyCommand({ FunctionName: 'work' }))
    expect(JSON.parse(Policy ?? '')).toEqual({ Version: '2012-10-17', Id: 'default', Statement: [statement] })
    expect(await failure(lambda.send(new AddPermissionCommand(permission)))).toMatchObject({
      name: 'ResourceConflictException',
      message:
        'The statement id (s3) provided already exists. Please provide a new statement id, or remove the existing statement.',
    })
    await lambda.send(new RemovePermissionCommand({ FunctionName: 'work', StatementId: 's3' }))
    expect(await failure(lambda.send(new GetPolicyCommand({ FunctionName: 'work' })))).toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The resource you requested does not exist.',
    })
  })
})
