import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { CreateTopicCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns'
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { beforeAll, expect, inject, test } from 'vitest'
import { bytesOf, type Message } from '../../scripts/fuzz/messages.ts'
import { messageFor } from '../../scripts/fuzz/wire-forms.ts'
import { inNamespace, seedMessages } from '../../scripts/fuzz/world.ts'
import { rawConnection } from '../../scripts/processes/raw-http.ts'
import { ACCOUNT, expectHarmless, type Victim, victimOf } from '../support/break-out.ts'
import { type TestClients, testClients } from '../support/clients.ts'
import { inputNaming, type Naming, namings } from '../support/hostile-inputs.ts'

/*
 * Every member of every operation's input that names something, given the names of what another namespace has, by all the
 * ways in which a namespace is said: none is answered with anything of that, or changes it, then or when it comes due.
 */

let mine: TestClients
let victim: Victim
let before: string

beforeAll(async () => {
  mine = testClients()
  const other = testClients()
  victim = await victimOf({
    ...other,
    describe: () => other.admin('GET', `/_fakecloud/namespaces/${other.namespace}`),
  })
  before = await victim.digest()
})

/** @param namespace the victim's */
function names(namespace: string): string[] {
  const root = new URL(inject('emulatorUrl'))
  const host = `${namespace}.fakecloud.localhost:${root.port}`
  const arn = (service: string, rest: string, at = `us-east-1:${ACCOUNT}`) => `arn:aws:${service}:${at}:${rest}`
  return [
    `${victim.url}/${ACCOUNT}/kept`,
    `http://${host}/${ACCOUNT}/kept`,
    `http://${host}/_ns/${namespace}/${ACCOUNT}/kept`,
    `http://${mine.namespace}.fakecloud.localhost:${root.port}/_ns/${namespace}/${ACCOUNT}/kept`,
    `${mine.url}/../${namespace}/${ACCOUNT}/kept`,
    `${victim.url}/_reset`,
    `${victim.url}/vault/kept`,
    `https://vault.s3.${host}/kept`,
    's3://vault/kept',
    'vault',
    'vault/kept',
    `../${namespace}/vault`,
    `${namespace}/-/-/s3/vault`,
    `/_ns/${namespace}/vault/kept`,
    arn('sqs', 'kept'),
    arn('sqs', 'kept', `us-east-1:${namespace}/${ACCOUNT}`),
    arn('sqs', 'kept', `us-east-1/../../${namespace}:${ACCOUNT}`),
    arn('lambda', 'function:kept', `../${namespace}/${ACCOUNT}/us-east-1:${ACCOUNT}`),
    arn('s3', 'vault/kept', ':'),
    arn('s3', `accesspoint/../../${namespace}`),
    arn('iam', `role/../../${namespace}`, `:${ACCOUNT}`),
  ]
}

const LANES = 6

/** Sends messages in one's own namespace over as many connections, and hands on what came of each. */
async function sent<T>(works: T[], make: (work: T) => Message, heard: (work: T, answer: Answered) => void) {
  const { port } = new URL(inject('emulatorUrl'))
  const lane = async (from: number) => {
    const connection = rawConnection(Number(port))
    for (let i = from; i < works.length; i += LANES) {
      const work = works[i] as T // within
      const message = inNamespace(make(work), mine.namespace)
      const { status, body } = await connection.exchange(bytesOf(message), {
        boundMs: 20_000,
        head: message.method === 'HEAD',
      })
      heard(work, { status, body: body.toString() })
    }
    connection.close()
  }
  await Promise.all(Array.from({ length: LANES }, (_, i) => lane(i)))
}

type Answered = { status: number; body: string }

async function seed(): Promise<void> {
  for (const message of seedMessages(mine.namespace))
    await sent(
      [message],
      each => each,
      () => undefined,
    )
  await mine.client(SNSClient).send(new CreateTopicCommand({ Name: 'fuzz' }))
}

/** Sets off whatever was told to send something. */
async function fire(): Promise<void> {
  await seed()
  const Bucket = 'fuzz-bucket'
  await mine
    .client(S3Client)
    .send(new PutObjectCommand({ Bucket, Key: 'new', Body: 'x' }))
    .catch(() => undefined)
  const entry = { Source: 'x', DetailType: 'x', Detail: '{}' }
  await mine.client(EventBridgeClient).send(new PutEventsCommand({ Entries: [entry] }))
  const TopicArn = `arn:aws:sns:us-east-1:${ACCOUNT}:fuzz`
  await mine.client(SNSClient).send(new PublishCommand({ TopicArn, Message: 'x' }))
  const QueueUrl = `${mine.url}/${ACCOUNT}/fuzz`
  await mine.client(SQSClient).send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }))
  await mine.admin('POST', '/_fakecloud/clock/advance', { seconds: 7200 })
  await mine.admin('POST', '/_fakecloud/settle')
}

const services = Map.groupBy(namings(), ({ target }) => target.model.name)

test.each([...services])(
  'nothing that %s takes names what another namespace has',
  async (_, members) => {
    await seed()
    const works = members.flatMap(naming => names(victim.namespace).map(value => ({ naming, value })))
    await sent(
      works,
      ({ naming, value }) => messageFor(naming.target, inputNaming(naming, value)),
      ({ naming, value }, answer) => expectHarmless(answer, [shown(naming), value]),
    )
    await fire()
    expect(await victim.digest()).toBe(before)
  },
  120_000,
)

const shown = ({ target, path }: Naming) => `${target.model.name}.${target.operation.name} ${path.join('.')}`
