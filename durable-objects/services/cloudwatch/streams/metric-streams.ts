import type { In, Out } from '../../../../aws/models/cloudwatch.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { arnAt, parseArn } from '../../../../aws/arn.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { type Resource, cloudwatchTags, deleteResource, pageOf, putResource, resourceOf } from '../resources.ts'
import { invalidCombination, invalidValue, paging } from '../refusals.ts'

type Body = Omit<In<'PutMetricStream'>, 'Tags' | 'Name'> & { running: boolean }

const FORMATS = ['json', 'opentelemetry0.7', 'opentelemetry1.0']

export const streamArn = ({ place }: Ctx, name: string) => arnAt(place, 'cloudwatch', `metric-stream/${name}`)

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricStream.html */
export function PutMetricStream(ctx: Tx, { Tags, Name, ...body }: In<'PutMetricStream'>): Out<'PutMetricStream'> {
  if (body.IncludeFilters?.length && body.ExcludeFilters?.length) {
    throw invalidCombination('IncludeFilters and ExcludeFilters cannot be specified together.')
  }
  if (parseArn(body.FirehoseArn)?.service !== 'firehose')
    throw invalidValue('FirehoseArn is not a valid ARN of a delivery stream.')
  if (parseArn(body.RoleArn)?.service !== 'iam') throw invalidValue('RoleArn is not a valid ARN of a role.')
  if (!FORMATS.includes(body.OutputFormat)) throw invalidValue(`OutputFormat must be one of ${FORMATS.join(', ')}.`)
  const arn = streamArn(ctx, Name)
  cloudwatchTags.check(arn, Tags)
  const before = resourceOf<Body>(ctx, 'stream', Name)
  putResource(ctx, 'stream', { name: Name, body: { ...body, running: before?.body.running ?? true } })
  if (!before) cloudwatchTags.set(ctx, arn, Tags)
  return { Arn: arn }
}

/** What the listing and the description both tell. */
const summary = (ctx: Ctx, { name, body, createdAt, updatedAt }: Resource<Body>) => ({
  Arn: streamArn(ctx, name),
  Name: name,
  FirehoseArn: body.FirehoseArn,
  State: body.running ? 'running' : 'stopped',
  CreationDate: new Date(createdAt),
  LastUpdateDate: new Date(updatedAt),
  OutputFormat: body.OutputFormat,
})

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStream.html */
export function GetMetricStream(ctx: Ctx, { Name }: In<'GetMetricStream'>): Out<'GetMetricStream'> {
  const stream = resourceOf<Body>(ctx, 'stream', Name)
  if (!stream) {
    const fields = { ResourceType: 'AWS::CloudWatch::MetricStream', ResourceId: Name }
    throw new AwsError('ResourceNotFoundException', `MetricStream ${Name} does not exist`, 404, fields)
  }
  const { running: _running, ...body } = stream.body
  return { ...body, ...summary(ctx, stream) }
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetricStreams.html */
export function ListMetricStreams(ctx: Ctx, input: In<'ListMetricStreams'>): Out<'ListMetricStreams'> {
  const pages = { ...paging(input), size: input.MaxResults ?? 500 }
  const { rows, next } = pageOf<Body>(ctx, pages, { kind: 'stream' })
  return { Entries: rows.map(stream => summary(ctx, stream)), NextToken: next }
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteMetricStream.html : also of one that is not there. */
export function DeleteMetricStream(ctx: Tx, { Name }: In<'DeleteMetricStream'>): Out<'DeleteMetricStream'> {
  deleteResource(ctx, 'stream', Name)
  cloudwatchTags.drop(ctx, streamArn(ctx, Name))
  return {}
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_StartMetricStreams.html */
export function StartMetricStreams(ctx: Tx, { Names }: In<'StartMetricStreams'>): Out<'StartMetricStreams'> {
  switchStreams(ctx, Names, true)
  return {}
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_StopMetricStreams.html */
export function StopMetricStreams(ctx: Tx, { Names }: In<'StopMetricStreams'>): Out<'StopMetricStreams'> {
  switchStreams(ctx, Names, false)
  return {}
}

function switchStreams(ctx: Tx, names: readonly string[], running: boolean): void {
  for (const name of names) {
    const stream = resourceOf<Body>(ctx, 'stream', name)
    if (stream) putResource(ctx, 'stream', { name, body: { ...stream.body, running } })
  }
}
