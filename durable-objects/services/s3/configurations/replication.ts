import type { In, ReplicationConfiguration, ReplicationRule } from '../../../../aws/models/s3.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { parseArn } from '../../../../aws/arn.ts'
import { type Bucket, findBucket } from '../buckets/bucket.ts'
import { invalidArgument, invalidRequest, malformedXml, missingBody } from './configuration-handlers.ts'
import { putConfiguration } from './configuration.ts'
import { newRuleId } from '../lifecycle/lifecycle-rules.ts'
import { lookUpBucket } from '../buckets/other-buckets.ts'

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketReplication.html */
export async function PutBucketReplication(ctx: Ctx, input: In<'PutBucketReplication'>): Promise<void> {
  const { ReplicationConfiguration: asked } = input
  findBucket(ctx)
  if (!asked) throw missingBody()
  checkRules(asked)
  checkVersioned(findBucket(ctx))
  for (const name of new Set(asked.Rules.map(destinationOf))) {
    const destination = await lookUpBucket(ctx, name)
    if (!destination) throw invalidRequest('Destination bucket must exist.')
    if (destination.versioning !== 'Enabled') throw invalidRequest('Destination bucket must have versioning enabled.')
  }
  checkVersioned(findBucket(ctx))
  const Rules = asked.Rules.map(rule => ({ ...rule, ID: rule.ID || newRuleId() }))
  ctx.change(tx => putConfiguration(tx, { kind: 'replication' }, { ...asked, Rules }))
}

function checkVersioned({ versioning }: Bucket): void {
  if (versioning === 'Enabled') return
  throw invalidRequest("Versioning must be 'Enabled' on the bucket to apply a replication configuration")
}

function destinationOf({ Destination }: ReplicationRule): string {
  const arn = parseArn(Destination.Bucket)
  if (arn?.service !== 's3' || arn.resource === '') {
    throw invalidArgument('Invalid bucket ARN.', 'Bucket', Destination.Bucket)
  }
  return arn.resource
}

function checkRules({ Role, Rules }: ReplicationConfiguration): void {
  if (parseArn(Role)?.service !== 'iam') {
    throw invalidArgument('Invalid Role specified in replication configuration', 'Role', Role)
  }
  if (Rules.length < 1 || Rules.length > 1000) throw malformedXml()
  const ids = Rules.flatMap(({ ID }) => (ID ? [ID] : []))
  if (ids.some(id => id.length > 255)) throw invalidArgument('ID length should not exceed allowed limit of 255')
  if (new Set(ids).size < ids.length)
    throw invalidArgument('Rule Id must be unique. Found same Id for more than one rule')
  for (const rule of Rules) checkRule(rule)
  const priorities = Rules.flatMap(({ Priority }) => (Priority === undefined ? [] : [Priority]))
  const twice = priorities.find((priority, at) => priorities.indexOf(priority) < at)
  if (twice !== undefined) {
    throw invalidRequest(`Found duplicate priority ${twice}`)
  }
}

/** A rule with a filter is of the later schema, and must say more. */
function checkRule(rule: ReplicationRule): void {
  destinationOf(rule)
  const { Filter, Prefix, Priority, DeleteMarkerReplication } = rule
  if (Filter && Prefix !== undefined) throw malformedXml()
  if (!Filter) return
  const guide =
    'must be specified for this version of Cross Region Replication configuration schema. Please refer to S3 Developer Guide for more information.'
  if (Priority === undefined) throw invalidRequest(`Priority ${guide}`)
  if (!DeleteMarkerReplication) throw invalidRequest(`DeleteMarkerReplication ${guide}`)
  if (Object.values(Filter).filter(value => value !== undefined).length > 1) throw malformedXml()
}
