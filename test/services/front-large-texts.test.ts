import {
  CloudWatchClient,
  GetDashboardCommand,
  ListDashboardsCommand,
  PutDashboardCommand,
} from '@aws-sdk/client-cloudwatch'
import {
  CreateSAMLProviderCommand,
  DeleteSAMLProviderCommand,
  DeleteServerCertificateCommand,
  GetSAMLProviderCommand,
  GetServerCertificateCommand,
  IAMClient,
  UpdateSAMLProviderCommand,
  UploadServerCertificateCommand,
} from '@aws-sdk/client-iam'
import { CreateTopicCommand, ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns'
import { generate } from 'selfsigned'
import { expect, test } from 'vitest'
import { testClients } from '../support/clients.ts'

const filled = (length: number) => `é€ ${'plain words '.repeat(length / 12)}`

test('the metadata of an identity provider may be as long as AWS lets it, and is replaced as a whole', async () => {
  const iam = testClients().client(IAMClient)
  const metadata = (length: number) =>
    `<EntityDescriptor entityID="https://idp.example.com">${filled(length)}</EntityDescriptor>`
  const long = metadata(9_900_000)
  const { SAMLProviderArn } = await iam.send(
    new CreateSAMLProviderCommand({ Name: 'corp', SAMLMetadataDocument: long }),
  )
  const read = async () => (await iam.send(new GetSAMLProviderCommand({ SAMLProviderArn }))).SAMLMetadataDocument
  expect((await read()) === long).toBe(true)
  const short = metadata(1200)
  await iam.send(new UpdateSAMLProviderCommand({ SAMLProviderArn, SAMLMetadataDocument: short }))
  expect(await read()).toBe(short)
  await iam.send(new DeleteSAMLProviderCommand({ SAMLProviderArn }))
  await expect(read()).rejects.toThrow('not found')
})

test('so may the chain of a server certificate', async () => {
  const iam = testClients().client(IAMClient)
  const { cert: CertificateBody, private: PrivateKey } = await generate()
  const ServerCertificateName = 'site'
  const CertificateChain = CertificateBody.repeat(2_097_152 / CertificateBody.length)
  const named = { ServerCertificateName, CertificateBody, PrivateKey }
  await iam.send(new UploadServerCertificateCommand({ ...named, CertificateChain }))
  const { ServerCertificate } = await iam.send(new GetServerCertificateCommand({ ServerCertificateName }))
  expect(ServerCertificate?.CertificateChain?.trim() === CertificateChain.trim()).toBe(true)
  await iam.send(new DeleteServerCertificateCommand({ ServerCertificateName }))
})

test('a dashboard of several megabytes is given back as it was put', async () => {
  const cloudwatch = testClients().client(CloudWatchClient)
  const DashboardName = 'large'
  const DashboardBody = JSON.stringify({ widgets: [{ type: 'text', properties: { markdown: filled(2_400_000) } }] })
  await cloudwatch.send(new PutDashboardCommand({ DashboardName, DashboardBody }))
  const read = await cloudwatch.send(new GetDashboardCommand({ DashboardName }))
  expect(read.DashboardBody === DashboardBody).toBe(true)
  const { DashboardEntries } = await cloudwatch.send(new ListDashboardsCommand({}))
  expect(DashboardEntries).toMatchObject([{ DashboardName, Size: Buffer.byteLength(DashboardBody) }])
})

test('what is longer than a row can hold, where AWS states no bound of its own, is refused and leaves nothing', async () => {
  const sns = testClients().client(SNSClient)
  const Policy = JSON.stringify({
    Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sns:Publish', Sid: filled(11_000_000) }],
  })
  const make = sns.send(new CreateTopicCommand({ Name: 'large', Attributes: { Policy } }))
  await expect(make).rejects.toMatchObject({ name: 'RequestEntityTooLarge', $metadata: { httpStatusCode: 413 } })
  expect((await sns.send(new ListTopicsCommand({}))).Topics ?? []).toEqual([])
})
