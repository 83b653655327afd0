import { Agent } from 'node:http'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import {
  CreateAccessPointCommand,
  CreateAccessPointForObjectLambdaCommand,
  type ObjectLambdaConfiguration,
  S3ControlClient,
} from '@aws-sdk/client-s3-control'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { LambdaClient } from '@aws-sdk/client-lambda'
import type { LookupFunction } from 'node:net'
import { testClients } from './clients.ts'
import { create as createFunction } from './lambda.ts'

export const AccountId = '123456789012'
export const FUNCTION_ARN = `arn:aws:lambda:us-east-1:${AccountId}:function:work`

/** Every host is this machine, whatever its resolver says of names under localhost. */
const lookup: LookupFunction = (_host, { all }, done) => {
  if (all) done(null, [{ address: '127.0.0.1', family: 4 }])
  else done(null, '127.0.0.1', 4)
}

/** Clients whose endpoint takes access points' hosts: `<name>-<account>.localhost`. */
export async function setUpAccessPoints(locked = false) {
  const fresh = testClients()
  const requestHandler = { httpAgent: new Agent({ lookup }) }
  const endpoint = fresh.url.replace('127.0.0.1', 'localhost')
  const modes = { name: fresh.namespace, iam: 'strict', verifySigv4: true }
  type Made = { credentials: { accessKeyId: string; secretAccessKey: string } }
  const made = locked ? await fresh.admin<Made>('POST', '/_fakecloud/namespaces', modes) : undefined
  const aws = testClients(fresh.namespace, made?.credentials)
  const credentials = made ? { credentials: made.credentials } : {}
  const hosts = { endpoint, forcePathStyle: false, requestHandler, ...credentials }
  const s3 = aws.client(S3Client, hosts)
  const control = aws.client(S3ControlClient, hosts)
  return { aws, s3, control, iam: aws.client(IAMClient, credentials), lambda: aws.client(LambdaClient, credentials) }
}

type Actions = 'GetObject' | 'HeadObject' | 'ListObjects' | 'ListObjectsV2'

/** A bucket with an object, an access point, and one with Object Lambda before it whose function is `code`. */
export async function setUpObjectLambda(
  code: string,
  actions: Actions[] = ['GetObject'],
  { payload, locked = false }: { payload?: string; locked?: boolean } = {},
) {
  const parts = await setUpAccessPoints(locked)
  if (locked) await makeRole(parts.iam)
  const { s3, control, lambda } = parts
  await Promise.all([s3.send(new CreateBucketCommand({ Bucket: 'originals' })), createFunction(lambda, code)])
  await s3.send(new PutObjectCommand({ Bucket: 'originals', Key: 'dir/hello world.txt', Body: 'hello' }))
  const plain = await control.send(new CreateAccessPointCommand({ AccountId, Name: 'plain', Bucket: 'originals' }))
  const AwsLambda = { FunctionArn: FUNCTION_ARN, ...(payload !== undefined && { FunctionPayload: payload }) }
  const Configuration: ObjectLambdaConfiguration = {
    SupportingAccessPoint: plain.AccessPointArn ?? '',
    TransformationConfigurations: [{ Actions: actions, ContentTransformation: { AwsLambda } }],
  }
  const { ObjectLambdaAccessPointArn: arn = '', Alias } = await control.send(
    new CreateAccessPointForObjectLambdaCommand({ AccountId, Name: 'shouting', Configuration }),
  )
  return { ...parts, plain, Configuration, arn, alias: Alias?.Value ?? '' }
}

/** The function's role, where IAM is asked: it may answer, and nothing else. */
async function makeRole(iam: IAMClient) {
  const document = (statement: object) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] })
  const RoleName = 'not-in-iam'
  const trust = { Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: document(trust) }))
  const PolicyDocument = document({ Action: 's3-object-lambda:WriteGetObjectResponse', Resource: '*' })
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'answer', PolicyDocument }))
}
