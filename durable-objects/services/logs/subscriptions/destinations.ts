import type { In, Out } from '../../../../aws/models/logs.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { upsert } from '../../../kernel/object/rows.ts'
import { arnAt, parseArn } from '../../../../aws/arn.ts'
import { listing } from '../../../kernel/listings/listings.ts'
import { logsTags } from '../groups/tags.ts'
import { checkDocument } from '../policies/policies.ts'
import { invalidParameter, notFound, paging } from '../refusals.ts'
import type { DestinationRow } from '../schema.ts'

export function destinationArn(ctx: Ctx, name: string): string {
  return arnAt(ctx.place, 'logs', `destination:${name}`)
}

/** The name in a destination's ARN; undefined when it is no destination of this place. */
export function destinationOfArn(ctx: Ctx, arn: string): string | undefined {
  const prefix = destinationArn(ctx, '')
  return arn.startsWith(prefix) ? arn.slice(prefix.length) : undefined
}

/** @throws AwsError ResourceNotFoundException */
export function findDestination(ctx: Ctx, name: string): DestinationRow {
  const row = ctx.sql.first<DestinationRow>('SELECT * FROM logs_destinations WHERE name = ?', name)
  if (!row) throw notFound('destination')
  return row
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDestination.html */
export function PutDestination(ctx: Tx, input: In<'PutDestination'>): Out<'PutDestination'> {
  const { destinationName: name, targetArn, roleArn, tags } = input
  const vendor = parseArn(targetArn)?.service
  if (vendor !== 'kinesis' && vendor !== 'firehose') throw invalidParameter(`Invalid targetArn: ${targetArn}`)
  if (parseArn(roleArn)?.service !== 'iam') throw invalidParameter(`Invalid roleArn: ${roleArn}`)
  // The tags of a destination that is there already stay as they are: they change by TagResource.
  if (!ctx.sql.first('SELECT 1 FROM logs_destinations WHERE name = ?', name)) {
    logsTags.set(ctx, destinationArn(ctx, name), tags)
  }
  upsert(ctx.sql, 'logs_destinations', { key: { name }, once: { createdAt: ctx.now }, set: { targetArn, roleArn } })
  return { destination: describe(ctx, findDestination(ctx, name)) }
}

function describe(ctx: Ctx, { name, targetArn, roleArn, accessPolicy, createdAt }: DestinationRow) {
  return {
    destinationName: name,
    targetArn,
    roleArn,
    ...(accessPolicy === null ? {} : { accessPolicy }),
    arn: destinationArn(ctx, name),
    creationTime: createdAt,
  }
}

const MAX_POLICY_BYTES = 5120

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDestinationPolicy.html */
export function PutDestinationPolicy(ctx: Tx, input: In<'PutDestinationPolicy'>): void {
  const { destinationName, accessPolicy } = input
  checkDocument(accessPolicy)
  if (Buffer.byteLength(accessPolicy) > MAX_POLICY_BYTES) {
    throw invalidParameter(`The access policy is longer than ${MAX_POLICY_BYTES} bytes.`)
  }
  const { name } = findDestination(ctx, destinationName)
  ctx.sql.run('UPDATE logs_destinations SET accessPolicy = ? WHERE name = ?', accessPolicy, name)
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeDestinations.html */
export function DescribeDestinations(ctx: Ctx, input: In<'DescribeDestinations'>): Out<'DescribeDestinations'> {
  const { rows, next } = listing<DestinationRow>(ctx, paging(input), {
    from: 'logs_destinations',
    prefix: { name: input.DestinationNamePrefix },
    key: 'name',
  })
  return { destinations: rows.map(row => describe(ctx, row)), nextToken: next }
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteDestination.html */
export function DeleteDestination(ctx: Tx, { destinationName }: In<'DeleteDestination'>): void {
  const { name } = findDestination(ctx, destinationName)
  ctx.sql.run('DELETE FROM logs_destinations WHERE name = ?', name)
  logsTags.drop(ctx, destinationArn(ctx, name))
}
