import { describe, expect, test } from 'vitest'
import { decode } from '../../../aws/wire/decode.ts'
import { encode } from '../../../aws/wire/encode.ts'
import { modelOf } from '../../../aws/wire/model.ts'
import type { Table } from '../../../aws/wire/table.ts'
import { modelNamed, serve, wireRequest } from './wire.ts'

const HEADERS = { 'content-type': 'application/x-www-form-urlencoded' }

const inputOf = async (service: string, body: string) =>
  (await decode(modelNamed(service), 'query', await wireRequest('POST', 'http://host/', { headers: HEADERS, body })))
    .input

describe('a form becomes the input', () => {
  test('lists with and without `member`, in the order of their numbers', async () => {
    const input = await inputOf(
      'iam',
      'Action=CreateUser&UserName=u&Tags.member.10.Key=b&Tags.member.10.Value=&Tags.member.2.Key=a',
    )
    expect(input).toEqual({ UserName: 'u', Tags: [{ Key: 'a' }, { Key: 'b', Value: '' }] })
    const flattened = await inputOf(
      'sqs',
      'Action=ReceiveMessage&QueueUrl=u&MessageAttributeName.2=b&MessageAttributeName.1=a',
    )
    expect(flattened).toEqual({ QueueUrl: 'u', MessageAttributeNames: ['a', 'b'] })
  })

  test('maps, flattened and not', async () => {
    const flattened = await inputOf(
      'sqs',
      'Action=CreateQueue&QueueName=q&Attribute.1.Name=DelaySeconds&Attribute.1.Value=5',
    )
    expect(flattened).toEqual({ QueueName: 'q', Attributes: { DelaySeconds: '5' } })
    const entries = 'Attributes.entry.1.key=DisplayName&Attributes.entry.1.value=x'
    expect(await inputOf('sns', `Action=CreateTopic&Name=t&${entries}`)).toEqual({
      Name: 't',
      Attributes: { DisplayName: 'x' },
    })
  })

  test('numbers, booleans, dates and blobs', async () => {
    const input = await inputOf('rds', 'Action=DescribeEvents&StartTime=2020-01-01T00:00:00Z&Duration=60&MaxRecords=20')
    expect(input).toEqual({ StartTime: new Date(Date.UTC(2020, 0, 1)), Duration: 60, MaxRecords: 20 })
  })

  test('an empty list, when its name stands alone', async () => {
    expect(await inputOf('sqs', 'Action=ReceiveMessage&QueueUrl=u&MessageAttributeName=')).toEqual({
      QueueUrl: 'u',
      MessageAttributeNames: [],
    })
  })

  test('names of JavaScript’s own are names like any other', async () => {
    const body =
      'Action=CreateQueue&QueueName=q&Attribute.1.Name=__proto__&Attribute.1.Value=x&__proto__.a=1&constructor=2'
    const input = await inputOf('sqs', body)
    expect(Object.entries(input.Attributes as object)).toEqual([['__proto__', 'x']])
  })
})

const refused = async (body: string) => {
  const response = await serve({}, await wireRequest('POST', 'http://host/', { headers: HEADERS, body }))
  return `${response.status} ${await response.text()}`
}

describe('a form that cannot be read', () => {
  test('an unknown action', async () => {
    expect(await refused('Action=Nothing&Version=2010-05-08')).toContain(
      '<Code>InvalidAction</Code><Message>Could not find operation Nothing for version 2010-05-08</Message>',
    )
    expect(await refused('Action=constructor&Version=2010-05-08')).toContain('<Code>InvalidAction</Code>')
  })

  test('a value of the wrong type', async () => {
    const version = 'Version=2010-05-08'
    expect(await refused(`Action=ListUsers&MaxItems=abc&${version}`)).toMatch(/^400.*<Code>MalformedInput<\/Code>/s)
    expect(await refused(`Action=ListUsers&MaxItems=99999999999&${version}`)).toContain('MalformedInput')
  })

  test('a name as deep as a well', async () => {
    expect(await refused(`Action=ListUsers&Version=2010-05-08&${'a.'.repeat(100_000)}=1`)).toContain('MalformedInput')
  })
})

test('an answer stands in its response and result, and tells the request’s id', async () => {
  const output = { Roles: [], IsTruncated: false }
  const request = await wireRequest('POST', 'http://host/', {
    headers: HEADERS,
    body: 'Action=ListRoles&Version=2010-05-08',
  })
  const response = await serve({ 'iam.ListRoles': () => output }, request)
  expect(response.headers.get('content-type')).toBe('text/xml')
  expect(await response.text()).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n<ListRolesResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">' +
      '<ListRolesResult><Roles/><IsTruncated>false</IsTruncated></ListRolesResult>' +
      '<ResponseMetadata><RequestId>REQUEST-ID</RequestId></ResponseMetadata></ListRolesResponse>',
  )
})

test('an operation without output answers with metadata alone', async () => {
  const body = 'Action=DeleteMessage&Version=2012-11-05&QueueUrl=u&ReceiptHandle=r'
  const request = await wireRequest('POST', 'http://host/', { headers: HEADERS, body })
  const text = await (await serve({ 'sqs.DeleteMessage': () => ({}) }, request)).text()
  expect(text).toContain('<DeleteMessageResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><ResponseMetadata>')
})

describe('EC2’s form', () => {
  const table: Table = {
    m: { n: 'ec2', id: 'EC2', v: '2016-11-15', p: [3], x: 'http://ec2.amazonaws.com/doc/2016-11-15/', sn: 'ec2' },
    s: [
      [20, 0, null, null, 'InstanceId'],
      [
        22,
        'Filter',
        [
          ['Name', 0],
          ['Values', 18, 0, 'Value', { xml: 'value' }],
        ],
      ],
      [20, 0, null, null, 'item'],
      [20, 17, null, null, 'Filter'],
      [
        22,
        'Request',
        [
          ['InstanceIds', 16, 0, 'InstanceId'],
          ['Filters', 19, 0, 'Filter'],
          ['DryRun', 5, 0, 'dryRun'],
        ],
      ],
      [
        22,
        'Instance',
        [
          ['InstanceId', 0, 0, 'instanceId'],
          ['LaunchTime', 7, 0, 'launchTime'],
        ],
      ],
      [20, 21, null, null, 'item'],
      [
        22,
        'Result',
        [
          ['Instances', 22, 0, 'instancesSet'],
          ['NextToken', 0, 0, 'nextToken'],
        ],
      ],
    ],
    o: { DescribeInstances: [20, 23, []] },
  }
  const model = modelOf(table)

  test('capitalises names and knows no `member`', async () => {
    const form = 'InstanceId.1=i-1&InstanceId.2=i-2&Filter.1.Name=state&Filter.1.Value.1=running&DryRun=true'
    const request = await wireRequest('POST', 'http://host/', {
      headers: HEADERS,
      body: `Action=DescribeInstances&${form}`,
    })
    expect((await decode(model, 'ec2', request)).input).toEqual({
      InstanceIds: ['i-1', 'i-2'],
      Filters: [{ Name: 'state', Values: ['running'] }],
      DryRun: true,
    })
  })

  test('answers without a result wrapper', async () => {
    const output = { Instances: [{ InstanceId: 'i-1', LaunchTime: new Date(0) }] }
    const response = encode(model, 'ec2', { operation: 'DescribeInstances', output, requestId: 'r' })
    expect(await response.text()).toContain(
      '<requestId>r</requestId><instancesSet><item><instanceId>i-1</instanceId>' +
        '<launchTime>1970-01-01T00:00:00.000Z</launchTime></item></instancesSet></DescribeInstancesResponse>',
    )
  })

  test('refuses an unknown action', async () => {
    const request = await wireRequest('GET', 'http://host/?Action=Nothing&Version=2016-11-15')
    await expect(decode(model, 'ec2', request)).rejects.toMatchObject({
      code: 'InvalidAction',
      message: 'The action Nothing is not valid for this web service.',
    })
  })
})
