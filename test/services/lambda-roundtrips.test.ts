import {
  AddLayerVersionPermissionCommand,
  CreateAliasCommand,
  CreateCodeSigningConfigCommand,
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  DeleteAliasCommand,
  DeleteCodeSigningConfigCommand,
  DeleteFunctionCodeSigningConfigCommand,
  DeleteFunctionConcurrencyCommand,
  DeleteLayerVersionCommand,
  DeleteProvisionedConcurrencyConfigCommand,
  GetAccountSettingsCommand,
  GetAliasCommand,
  GetCodeSigningConfigCommand,
  GetFunctionCodeSigningConfigCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetFunctionRecursionConfigCommand,
  GetLayerVersionByArnCommand,
  GetLayerVersionCommand,
  GetLayerVersionPolicyCommand,
  GetProvisionedConcurrencyConfigCommand,
  GetRuntimeManagementConfigCommand,
  type LambdaClient,
  ListAliasesCommand,
  ListCodeSigningConfigsCommand,
  ListFunctionsByCodeSigningConfigCommand,
  ListFunctionsCommand,
  ListLayersCommand,
  ListLayerVersionsCommand,
  ListProvisionedConcurrencyConfigsCommand,
  PublishLayerVersionCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionRecursionConfigCommand,
  PutProvisionedConcurrencyConfigCommand,
  PutRuntimeManagementConfigCommand,
  RemoveLayerVersionPermissionCommand,
  UpdateAliasCommand,
  UpdateCodeSigningConfigCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { describe, expect, it } from 'vitest'
import { create, ECHO, failure, Role, setUp, zip } from '../support/lambda.ts'

const FunctionName = 'work'
const arn = 'arn:aws:lambda:us-east-1:123456789012:function:work'

/** Everything that CreateFunction and UpdateFunctionConfiguration share and that reads back as it was put. */
const SETTINGS: Partial<CreateFunctionCommandInput> = {
  Role: `${Role}-2`,
  Description: 'all of it',
  Timeout: 900,
  MemorySize: 10_240,
  Environment: { Variables: { TABLE: 'orders', URL: 'https://example.com' } },
  DeadLetterConfig: { TargetArn: 'arn:aws:sqs:us-east-1:123456789012:dead' },
  KMSKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555',
  TracingConfig: { Mode: 'Active' },
  EphemeralStorage: { Size: 10_240 },
  FileSystemConfigs: [
    {
      Arn: 'arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-11111111111111111',
      LocalMountPath: '/mnt/files',
    },
  ],
  LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'DEBUG', SystemLogLevel: 'WARN', LogGroup: '/own/group' },
}

describe('a function with every setting', () => {
  it('reads back as it was created', async () => {
    const { lambda } = setUp()
    const created = await create(lambda, ECHO, {
      ...SETTINGS,
      Architectures: ['arm64'],
      VpcConfig: { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'], Ipv6AllowedForDualStack: true },
      Tags: { a: '1' },
      Publish: true,
    })
    expect(created).toMatchObject({ ...SETTINGS, Version: '1', State: 'Pending' })
    const { Configuration, Tags } = await lambda.send(new GetFunctionCommand({ FunctionName }))
    expect(Configuration).toMatchObject({
      ...SETTINGS,
      Architectures: ['arm64'],
      VpcConfig: { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'], Ipv6AllowedForDualStack: true },
      State: 'Active',
      LastUpdateStatus: 'Successful',
    })
    expect(Tags).toEqual({ a: '1' })
    const { Functions } = await lambda.send(new ListFunctionsCommand({ FunctionVersion: 'ALL' }))
    expect(Functions?.map(each => [each.FunctionArn, each.Version])).toEqual([
      [`${arn}:$LATEST`, '$LATEST'],
      [`${arn}:1`, '1'],
    ])
    expect(Functions?.[0]).toMatchObject(SETTINGS)
  })

  it('reads back as it was updated, and loses what is taken off', async () => {
    const { lambda } = setUp()
    const before = await create(lambda, ECHO)
    const update = { FunctionName, Handler: 'app.run', Runtime: 'nodejs24.x' as const, ...SETTINGS }
    const updated = await lambda.send(new UpdateFunctionConfigurationCommand(update))
    expect(updated).toMatchObject({ ...update, LastUpdateStatus: 'InProgress' })
    expect(updated.RevisionId).not.toBe(before.RevisionId)
    expect(await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))).toMatchObject(update)
    const off = {
      FunctionName,
      Description: '',
      KMSKeyArn: '',
      DeadLetterConfig: { TargetArn: '' },
      Environment: { Variables: {} },
      FileSystemConfigs: [],
    }
    await lambda.send(new UpdateFunctionConfigurationCommand(off))
    const bare = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))
    expect(bare).toMatchObject({ Description: '', Environment: { Variables: {} }, Timeout: 900 })
    expect(bare.KMSKeyArn).toBeUndefined()
    expect(bare.DeadLetterConfig).toBeUndefined()
    expect(bare.FileSystemConfigs).toBeUndefined()
  })

  it('may be an image', async () => {
    const { lambda } = setUp()
    const ImageUri = '123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1'
    const ImageConfig = { EntryPoint: ['/run'], Command: ['go'], WorkingDirectory: '/srv' }
    await lambda.send(
      new CreateFunctionCommand({ FunctionName, Role, PackageType: 'Image', Code: { ImageUri }, ImageConfig }),
    )
    const read = await lambda.send(new GetFunctionCommand({ FunctionName }))
    expect(read.Code).toEqual({ RepositoryType: 'ECR', ImageUri, ResolvedImageUri: ImageUri })
    expect(read.Configuration).toMatchObject({ PackageType: 'Image', ImageConfigResponse: { ImageConfig } })
    const wrong = lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: zip(ECHO) }))
    expect(await failure(wrong)).toMatchObject({ name: 'InvalidParameterValueException' })
  })
})

describe('versions and aliases', () => {
  it('read back, move and go', async () => {
    const { lambda } = setUp()
    await create(lambda, ECHO, { Publish: true })
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Description: 'two' }))
    await lambda.send(new PublishVersionCommand({ FunctionName }))
    const put = {
      FunctionName,
      Name: 'live',
      FunctionVersion: '1',
      Description: 'what is live',
      RoutingConfig: { AdditionalVersionWeights: { '2': 0.25 } },
    }
    const made = await lambda.send(new CreateAliasCommand(put))
    const { FunctionName: _name, ...kept } = put
    expect(made).toMatchObject({ ...kept, AliasArn: `${arn}:live` })
    const key = { FunctionName, Name: 'live' }
    expect(await lambda.send(new GetAliasCommand(key))).toMatchObject(kept)
    const stale = { ...key, RevisionId: crypto.randomUUID() }
    expect(await failure(lambda.send(new UpdateAliasCommand(stale)))).toMatchObject({
      name: 'PreconditionFailedException',
      status: 412,
    })
    await lambda.send(new UpdateAliasCommand({ ...key, FunctionVersion: '2', RoutingConfig: {} }))
    const { Aliases } = await lambda.send(new ListAliasesCommand({ FunctionName, FunctionVersion: '2' }))
    expect(Aliases?.map(({ Name }) => Name)).toEqual(['live'])
    await lambda.send(new DeleteAliasCommand(key))
    expect(await failure(lambda.send(new GetAliasCommand(key)))).toEqual({
      name: 'ResourceNotFoundException',
      message: `Cannot find alias arn: ${arn}:live`,
      status: 404,
    })
  })
})

describe('layers', () => {
  const LayerName = 'tools'
  const publish = (lambda: LambdaClient, text: string) =>
    lambda.send(
      new PublishLayerVersionCommand({
        LayerName,
        Description: text,
        LicenseInfo: 'MIT',
        CompatibleRuntimes: ['nodejs22.x'],
        CompatibleArchitectures: ['arm64'],
        Content: { ZipFile: zip(text, 'nodejs/tools.js') },
      }),
    )

  it('read back by version and ARN, list newest first, and download', async () => {
    const { lambda } = setUp()
    const one = await publish(lambda, 'one')
    const two = await publish(lambda, 'two')
    expect(two).toMatchObject({
      LayerArn: 'arn:aws:lambda:us-east-1:123456789012:layer:tools',
      LayerVersionArn: 'arn:aws:lambda:us-east-1:123456789012:layer:tools:2',
      Version: 2,
      Description: 'two',
      LicenseInfo: 'MIT',
      CompatibleRuntimes: ['nodejs22.x'],
      CompatibleArchitectures: ['arm64'],
    })
    const read = await lambda.send(new GetLayerVersionCommand({ LayerName, VersionNumber: 1 }))
    expect(read.Content?.CodeSha256).toBe(one.Content?.CodeSha256)
    const byArn = await lambda.send(new GetLayerVersionByArnCommand({ Arn: two.LayerVersionArn }))
    expect(byArn).toMatchObject({ Version: 2, Description: 'two' })
    const bytes = await (await fetch(read.Content?.Location ?? '')).arrayBuffer()
    expect(bytes.byteLength).toBe(read.Content?.CodeSize)
    const { LayerVersions } = await lambda.send(new ListLayerVersionsCommand({ LayerName }))
    expect(LayerVersions?.map(({ Version }) => Version)).toEqual([2, 1])
    const none = await lambda.send(new ListLayersCommand({ CompatibleRuntime: 'python3.13' }))
    expect(none.Layers).toEqual([])
    const { Layers } = await lambda.send(new ListLayersCommand({ CompatibleArchitecture: 'arm64' }))
    expect(Layers?.map(layer => layer.LatestMatchingVersion?.Version)).toEqual([2])
    await lambda.send(new DeleteLayerVersionCommand({ LayerName, VersionNumber: 2 }))
    expect((await publish(lambda, 'three')).Version).toBe(3)
  })

  it('carry a policy of their own', async () => {
    const { lambda } = setUp()
    await publish(lambda, 'one')
    const version = { LayerName, VersionNumber: 1 }
    const grant = { ...version, StatementId: 'all', Action: 'lambda:GetLayerVersion', Principal: '*' }
    const { Statement, RevisionId } = await lambda.send(new AddLayerVersionPermissionCommand(grant))
    const read = await lambda.send(new GetLayerVersionPolicyCommand(version))
    expect(JSON.parse(read.Policy ?? '').Statement).toEqual([JSON.parse(Statement ?? '')])
    expect(read.RevisionId).toBe(RevisionId)
    await lambda.send(new RemoveLayerVersionPermissionCommand({ ...version, StatementId: 'all' }))
    expect(await failure(lambda.send(new GetLayerVersionPolicyCommand(version)))).toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'No policy is associated with the given resource.',
    })
  })

  it('of another account are taken only with leave of their policy', async () => {
    const { aws, lambda } = setUp()
    const { LayerVersionArn = '' } = await publish(lambda, 'shared')
    const credentials = { accessKeyId: '222222222222', secretAccessKey: 'test' }
    const other = aws.client(lambda.constructor as new () => LambdaClient, { credentials }) // its own class
    expect(await failure(create(other, ECHO, { Layers: [LayerVersionArn] }))).toMatchObject({
      name: 'AccessDeniedException',
      status: 403,
    })
    const version = { LayerName, VersionNumber: 1, StatementId: 'other', Action: 'lambda:GetLayerVersion' }
    await lambda.send(new AddLayerVersionPermissionCommand({ ...version, Principal: '222222222222' }))
    const { Layers } = await create(other, ECHO, { Layers: [LayerVersionArn] })
    expect(Layers?.[0]?.Arn).toBe(LayerVersionArn)
  })
})

describe('concurrency', () => {
  it('that is reserved reads back, and leaves the account enough', async () => {
    const { lambda } = setUp()
    await create(lambda, ECHO)
    const reserve = (n: number) =>
      lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: n }))
    expect(await reserve(900)).toMatchObject({ ReservedConcurrentExecutions: 900 })
    expect(await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }))).toMatchObject({
      ReservedConcurrentExecutions: 900,
    })
    const { Concurrency } = await lambda.send(new GetFunctionCommand({ FunctionName }))
    expect(Concurrency).toEqual({ ReservedConcurrentExecutions: 900 })
    const { AccountLimit, AccountUsage } = await lambda.send(new GetAccountSettingsCommand({}))
    expect(AccountLimit).toMatchObject({ ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 100 })
    expect(AccountUsage?.FunctionCount).toBe(1)
    expect(await failure(reserve(901))).toEqual({
      name: 'InvalidParameterValueException',
      message:
        "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
      status: 400,
    })
    await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }))
    const gone = await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }))
    expect(gone.ReservedConcurrentExecutions).toBeUndefined()
  })

  it('that is provisioned becomes ready, for published versions and aliases alone', async () => {
    const { lambda } = setUp()
    await create(lambda, ECHO, { Publish: true })
    const put = (Qualifier: string) =>
      lambda.send(
        new PutProvisionedConcurrencyConfigCommand({ FunctionName, Qualifier, ProvisionedConcurrentExecutions: 2 }),
      )
    expect(await put('1')).toMatchObject({ Status: 'IN_PROGRESS', RequestedProvisionedConcurrentExecutions: 2 })
    const one = { FunctionName, Qualifier: '1' }
    expect(await lambda.send(new GetProvisionedConcurrencyConfigCommand(one))).toMatchObject({
      Status: 'READY',
      AvailableProvisionedConcurrentExecutions: 2,
    })
    const { ProvisionedConcurrencyConfigs } = await lambda.send(
      new ListProvisionedConcurrencyConfigsCommand({ FunctionName }),
    )
    expect(ProvisionedConcurrencyConfigs?.map(config => config.FunctionArn)).toEqual([`${arn}:1`])
    expect(await failure(put('$LATEST'))).toMatchObject({
      name: 'InvalidParameterValueException',
      message: 'Provisioned Concurrency Configs cannot be applied to unpublished function versions.',
    })
    await lambda.send(new DeleteProvisionedConcurrencyConfigCommand(one))
    expect(await failure(lambda.send(new GetProvisionedConcurrencyConfigCommand(one)))).toEqual({
      name: 'ProvisionedConcurrencyConfigNotFoundException',
      message: 'No Provisioned Concurrency Config found for this function',
      status: 404,
    })
  })
})

describe('the smaller configurations', () => {
  it('of runtime management and recursion read back', async () => {
    const { lambda } = setUp()
    await create(lambda, ECHO)
    const initial = await lambda.send(new GetRuntimeManagementConfigCommand({ FunctionName }))
    expect(initial).toMatchObject({ UpdateRuntimeOn: 'Auto', FunctionArn: arn })
    const RuntimeVersionArn = `arn:aws:lambda:us-east-1::runtime:${'a'.repeat(64)}`
    const put = { FunctionName, UpdateRuntimeOn: 'Manual', RuntimeVersionArn } as const
    await lambda.send(new PutRuntimeManagementConfigCommand(put))
    const read = await lambda.send(new GetRuntimeManagementConfigCommand({ FunctionName }))
    expect(read).toMatchObject({ UpdateRuntimeOn: 'Manual', RuntimeVersionArn })
    expect((await lambda.send(new GetFunctionRecursionConfigCommand({ FunctionName }))).RecursiveLoop).toBe('Terminate')
    await lambda.send(new PutFunctionRecursionConfigCommand({ FunctionName, RecursiveLoop: 'Allow' }))
    expect((await lambda.send(new GetFunctionRecursionConfigCommand({ FunctionName }))).RecursiveLoop).toBe('Allow')
  })

  it('of code signing read back, and stay while a function uses them', async () => {
    const { lambda } = setUp()
    const put = {
      Description: 'ours',
      AllowedPublishers: {
        SigningProfileVersionArns: ['arn:aws:signer:us-east-1:123456789012:/signing-profiles/p/abcdefghij'],
      },
      CodeSigningPolicies: { UntrustedArtifactOnDeployment: 'Enforce' as const },
    }
    const { CodeSigningConfig } = await lambda.send(new CreateCodeSigningConfigCommand(put))
    const CodeSigningConfigArn = CodeSigningConfig?.CodeSigningConfigArn ?? ''
    const key = { CodeSigningConfigArn }
    expect((await lambda.send(new GetCodeSigningConfigCommand(key))).CodeSigningConfig).toMatchObject(put)
    await lambda.send(new UpdateCodeSigningConfigCommand({ ...key, Description: 'theirs' }))
    const { CodeSigningConfigs } = await lambda.send(new ListCodeSigningConfigsCommand({}))
    expect(CodeSigningConfigs).toEqual([expect.objectContaining({ ...put, Description: 'theirs' })])
    await create(lambda, ECHO, key)
    expect(await lambda.send(new GetFunctionCodeSigningConfigCommand({ FunctionName }))).toMatchObject(key)
    const { FunctionArns } = await lambda.send(new ListFunctionsByCodeSigningConfigCommand(key))
    expect(FunctionArns).toEqual([arn])
    expect(await failure(lambda.send(new DeleteCodeSigningConfigCommand(key)))).toMatchObject({
      name: 'ResourceConflictException',
    })
    await lambda.send(new DeleteFunctionCodeSigningConfigCommand({ FunctionName }))
    await lambda.send(new DeleteCodeSigningConfigCommand(key))
    expect(await failure(lambda.send(new GetCodeSigningConfigCommand(key)))).toMatchObject({
      name: 'ResourceNotFoundException',
      status: 404,
    })
  })
})
