import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam'
import { type TestClients, testClients } from './clients.ts'

export const ACCOUNT = '123456789012'

/** A policy document of statements that allow, unless they say otherwise. */
export const policy = (...statements: object[]) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map(statement => ({ Effect: 'Allow', ...statement })),
  })

type Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken?: string }
type Given = {
  AccessKeyId?: string | undefined
  SecretAccessKey?: string | undefined
  SessionToken?: string | undefined
}

/** What STS or IAM gave, as clients want it. */
export function credentialsOf(given: Given | undefined): { credentials: Credentials } {
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken } = given ?? {}
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey }
  return { credentials: SessionToken === undefined ? credentials : { ...credentials, sessionToken: SessionToken } }
}

/** Somebody whose clients have a user's, or a session's, credentials. */
export type Somebody = { arn: string; client: TestClients['client'] }

export function somebody(aws: TestClients, arn: string, given: Given | undefined): Somebody {
  const own = credentialsOf(given)
  return { arn, client: (make, overrides = {}) => aws.client(make, { ...own, ...overrides }) }
}

/** A namespace that enforces IAM, or does as told; its users, with an inline policy `own` where one is given. */
export async function enforcing(iam: 'off' | 'soft' | 'strict' = 'strict') {
  const aws = testClients()
  await aws.admin('POST', '/_fakecloud/namespaces', { name: aws.namespace, iam })
  const root = aws.client(IAMClient)
  const allow = (UserName: string, PolicyDocument: string) =>
    root.send(new PutUserPolicyCommand({ UserName, PolicyName: 'own', PolicyDocument }))
  const user = async (UserName: string, own?: string): Promise<Somebody> => {
    const { User } = await root.send(new CreateUserCommand({ UserName }))
    if (own !== undefined) await allow(UserName, own)
    const { AccessKey } = await root.send(new CreateAccessKeyCommand({ UserName }))
    return somebody(aws, User?.Arn ?? '', AccessKey)
  }
  return { aws, root, user, allow }
}
