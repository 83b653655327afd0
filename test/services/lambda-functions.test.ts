import {
  CreateAliasCommand,
  type CreateFunctionCommandInput,
  DeleteFunctionCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  ListFunctionsCommand,
  ListTagsCommand,
  ListVersionsByFunctionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda'
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { CreateBucketCommand, PutBucketVersioningCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { strToU8, zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { create, ECHO, failure, invoke, Role, setUp, zip } from '../support/lambda.ts'

describe('functions', () => {
  it('are described as AWS does, and active for whoever asks next', async () => {
    const { lambda } = setUp()
    const created = await create(lambda, ECHO, { Environment: { Variables: { TABLE: 'orders' } }, Tags: { team: 'a' } })
    const arn = 'arn:aws:lambda:us-east-1:123456789012:function:work'
    expect(created).toMatchObject({
      FunctionName: 'work',
      FunctionArn: arn,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role,
      Description: '',
      Timeout: 3,
      MemorySize: 128,
      Version: '$LATEST',
      PackageType: 'Zip',
      Architectures: ['x86_64'],
      EphemeralStorage: { Size: 512 },
      TracingConfig: { Mode: 'PassThrough' },
      SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
      LoggingConfig: { LogFormat: 'Text', LogGroup: '/aws/lambda/work' },
      Environment: { Variables: { TABLE: 'orders' } },
      State: 'Pending',
      StateReasonCode: 'Creating',
    })
    expect(created.LastModified).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/)
    await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 5 }, { FunctionName: 'work' })
    const read = await lambda.send(new GetFunctionCommand({ FunctionName: arn }))
    expect(read.Configuration).toMatchObject({ State: 'Active', LastUpdateStatus: 'Successful' })
    expect(read.Tags).toEqual({ team: 'a' })
  })

  it('give back the code they were made of', async () => {
    const { lambda } = setUp()
    const ZipFile = zip(ECHO)
    const created = await create(lambda, ECHO, { Code: { ZipFile } })
    const { Code } = await lambda.send(new GetFunctionCommand({ FunctionName: 'work' }))
    const response = await fetch(Code?.Location ?? '')
    const bytes = new Uint8Array(await response.arrayBuffer())
    expect(bytes).toEqual(ZipFile)
    const digest = await crypto.subtle.digest('SHA-256', bytes)
    expect(Buffer.from(digest).toString('base64')).toBe(created.CodeSha256)
    expect(created.CodeSize).toBe(bytes.length)
  })

  it('are listed in pages', async () => {
    const { lambda } = setUp()
    for (const FunctionName of ['c', 'a', 'b']) await create(lambda, ECHO, { FunctionName })
    const first = await lambda.send(new ListFunctionsCommand({ MaxItems: 2 }))
    const rest = await lambda.send(new ListFunctionsCommand({ MaxItems: 2, Marker: first.NextMarker }))
    expect(first.Functions?.map(f => f.FunctionName)).toEqual(['a', 'b'])
    expect(rest.Functions?.map(f => f.FunctionName)).toEqual(['c'])
    expect(rest.NextMarker).toBeUndefined()
    expect(first.Functions?.[0]?.State).toBeUndefined()
  })

  it('are gone with all that is theirs when deleted', async () => {
    const { lambda } = setUp()
    await create(lambda, ECHO, { Publish: true })
    await lambda.send(new CreateAliasCommand({ FunctionName: 'work', Name: 'live', FunctionVersion: '1' }))
    await lambda.send(new DeleteFunctionCommand({ FunctionName: 'work' }))
    for (const FunctionName of ['work', 'work:1', 'work:live']) {
      expect(await failure(lambda.send(new GetFunctionCommand({ FunctionName })))).toMatchObject({
        name: 'ResourceNotFoundException',
        status: 404,
      })
    }
    await create(lambda, ECHO)
    const { Versions } = await lambda.send(new ListVersionsByFunctionCommand({ FunctionName: 'work' }))
    expect(Versions?.map(v => v.Version)).toEqual(['$LATEST'])
  })

  it.each<[string, Partial<CreateFunctionCommandInput>, string, string | RegExp]>([
    [
      'an unknown runtime',
      { Runtime: 'nodejs99.x' as 'nodejs22.x' },
      'InvalidParameterValueException',
      /^Value nodejs99\.x at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: \[.+\] or be a valid ARN$/,
    ],
    [
      'a role that is no ARN',
      { Role: 'admin' },
      'ValidationException',
      /Value 'admin' at 'role' failed to satisfy constraint/,
    ],
    [
      'no handler',
      { Handler: undefined },
      'InvalidParameterValueException',
      'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
    ],
    [
      'too much memory',
      { MemorySize: 10_241 },
      'InvalidParameterValueException',
      "'MemorySize' value failed to satisfy constraint: Member must have value less than or equal to 10240",
    ],
    [
      'too little memory',
      { MemorySize: 64 },
      'ValidationException',
      /at 'memorySize' failed .* greater than or equal to 128/,
    ],
    [
      'too long a timeout',
      { Timeout: 901 },
      'InvalidParameterValueException',
      "'Timeout' value failed to satisfy constraint: Member must have value less than or equal to 900",
    ],
    [
      'a reserved variable',
      { Environment: { Variables: { AWS_REGION: 'x' } } },
      'InvalidParameterValueException',
      'Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: AWS_REGION',
    ],
    [
      'code that is no zip',
      { Code: { ZipFile: strToU8('hello') } },
      'InvalidParameterValueException',
      'Could not unzip uploaded file. Please check your file, then try to upload again.',
    ],
    [
      'more than 4 KB of variables',
      { Environment: { Variables: { BIG: 'x'.repeat(4096) } } },
      'InvalidParameterValueException',
      /^Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit\. String measured: \{"BIG":"x+"\}$/,
    ],
    [
      'more than five layers',
      { Layers: Array.from({ length: 6 }, (_, i) => `arn:aws:lambda:us-east-1:123456789012:layer:l${i}:1`) },
      'InvalidParameterValueException',
      'Cannot reference more than 5 layers.',
    ],
    [
      'an architecture that is none',
      { Architectures: ['mips' as 'arm64'] },
      'ValidationException',
      "1 validation error detected: Value '[mips]' at 'architectures' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]",
    ],
    [
      'too little temporary storage',
      { EphemeralStorage: { Size: 511 } },
      'ValidationException',
      /at 'ephemeralStorage\.size' failed .* greater than or equal to 512/,
    ],
    [
      'a name that is too long',
      { FunctionName: 'x'.repeat(65) },
      'InvalidParameterValueException',
      /at 'functionName' failed to satisfy constraint: Member must have length less than or equal to 64$/,
    ],
    [
      'an empty zip',
      { Code: { ZipFile: zipSync({}) } },
      'InvalidParameterValueException',
      'Uploaded file must be a non-empty zip',
    ],
    [
      'a layer that is not there',
      { Layers: ['arn:aws:lambda:us-east-1:123456789012:layer:none:1'] },
      'InvalidParameterValueException',
      'Layer version arn:aws:lambda:us-east-1:123456789012:layer:none:1 does not exist.',
    ],
    [
      'code in a bucket that is not there',
      { Code: { S3Bucket: 'no-such-bucket-here', S3Key: 'code.zip' } },
      'InvalidParameterValueException',
      /^Error occurred while GetObject\. S3 Error Code: NoSuchBucket\. S3 Error Message: /,
    ],
  ])('are refused with %s, and nothing is made', async (_what, settings, name, message) => {
    const { lambda } = setUp()
    const refused = await failure(create(lambda, ECHO, settings))
    expect(refused).toMatchObject({ name, status: 400 })
    if (typeof message === 'string') expect(refused?.message).toBe(message)
    else expect(refused?.message).toMatch(message)
    expect((await lambda.send(new ListFunctionsCommand({}))).Functions).toEqual([])
  })

  it('come from a zip in S3 too, of the version that is named', async () => {
    const { aws, lambda } = setUp()
    const s3 = aws.client(S3Client)
    const object = { Bucket: 'code', Key: 'work.zip' }
    await s3.send(new CreateBucketCommand({ Bucket: 'code' }))
    const versioning = { Bucket: 'code', VersioningConfiguration: { Status: 'Enabled' } } as const
    await s3.send(new PutBucketVersioningCommand(versioning))
    const put = (code: string) => s3.send(new PutObjectCommand({ ...object, Body: zip(code) }))
    const { VersionId } = await put('exports.handler = async () => "old"')
    await put('exports.handler = async () => "new"')
    const Code = { S3Bucket: 'code', S3Key: 'work.zip' }
    await create(lambda, '', { Code: { ...Code, S3ObjectVersion: VersionId } })
    expect((await invoke(lambda)).payload).toBe('old')
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'work', ...Code }))
    expect((await invoke(lambda)).payload).toBe('new')
  })

  it('have a role that Lambda may assume, or that IAM does not know', async () => {
    const { aws, lambda } = setUp()
    const iam = aws.client(IAMClient)
    const trusting = (Service: string) =>
      JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }] })
    const make = (RoleName: string, Service: string) =>
      iam.send(new CreateRoleCommand({ RoleName, Path: '/service/', AssumeRolePolicyDocument: trusting(Service) }))
    const good = await make('good', 'lambda.amazonaws.com')
    const bad = await make('bad', 'ec2.amazonaws.com')
    await create(lambda, ECHO, { Role: good.Role?.Arn })
    const refusal = {
      name: 'InvalidParameterValueException',
      message: 'The role defined for the function cannot be assumed by Lambda.',
      status: 400,
    }
    expect(await failure(create(lambda, ECHO, { FunctionName: 'other', Role: bad.Role?.Arn }))).toEqual(refusal)
    const change = new UpdateFunctionConfigurationCommand({ FunctionName: 'work', Role: bad.Role?.Arn })
    expect(await failure(lambda.send(change))).toEqual(refusal)
    const { Role: kept } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'work' }))
    expect(kept).toBe(good.Role?.Arn)
  })

  it('have names of their own', async () => {
    const { lambda } = setUp()
    await create(lambda, ECHO)
    expect(await failure(create(lambda, ECHO))).toEqual({
      name: 'ResourceConflictException',
      message: 'Function already exist: work',
      status: 409,
    })
  })

  it('are tagged by ARN, but not their versions', async () => {
    const { lambda } = setUp()
    const { FunctionArn: Resource } = await create(lambda, ECHO)
    await lambda.send(new TagResourceCommand({ Resource, Tags: { a: '1', b: '2' } }))
    await lambda.send(new UntagResourceCommand({ Resource, TagKeys: ['a'] }))
    expect((await lambda.send(new ListTagsCommand({ Resource }))).Tags).toEqual({ b: '2' })
    const refused = await failure(lambda.send(new TagResourceCommand({ Resource: `${Resource}:1`, Tags: { a: '1' } })))
    expect(refused?.message).toBe(
      'Tags on function aliases and versions are not supported. Please specify a function ARN.',
    )
  })
})

describe('updates', () => {
  it('need the revision that they name', async () => {
    const { lambda } = setUp()
    const { RevisionId } = await create(lambda, ECHO)
    const first = { FunctionName: 'work', Description: 'first', RevisionId }
    await lambda.send(new UpdateFunctionConfigurationCommand(first))
    const stale = await failure(
      lambda.send(new UpdateFunctionConfigurationCommand({ ...first, Description: 'second' })),
    )
    expect(stale).toEqual({
      name: 'PreconditionFailedException',
      message:
        'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
      status: 412,
    })
    const { Description } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'work' }))
    expect(Description).toBe('first')
  })

  it('change nothing in a dry run', async () => {
    const { lambda } = setUp()
    const before = await create(lambda, ECHO)
    const ZipFile = zip('exports.handler = async () => 2')
    const tried = await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'work', ZipFile, DryRun: true }))
    expect(tried.CodeSha256).not.toBe(before.CodeSha256)
    const after = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'work' }))
    expect(after).toMatchObject({ CodeSha256: before.CodeSha256, RevisionId: before.RevisionId })
  })
})
