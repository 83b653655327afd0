import type { In } from '../../../../aws/models/logs.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { parseArn } from '../../../../aws/arn.ts'
import { findGroup, findGroupByIdentifier, groupArn } from './find-group.ts'
import { invalidParameter } from '../refusals.ts'
import type { GroupRow } from '../schema.ts'

/** Refuses a key that is no ARN of KMS. */
export function checkKey(kmsKeyId: string, logGroupArn: string): void {
  const { service, resource } = parseArn(kmsKeyId) ?? {}
  if (service === 'kms' && resource?.startsWith('key/')) return
  throw invalidParameter(`The specified KMS key does not exist or is not allowed to be used with Arn '${logGroupArn}'`)
}

type Target = { logGroupName?: string | undefined; resourceIdentifier?: string | undefined }

/** The log group that a key is for. Keys for query results go with queries. */
function findTarget(ctx: Ctx, { logGroupName, resourceIdentifier }: Target): GroupRow {
  if ((logGroupName === undefined) === (resourceIdentifier === undefined)) {
    throw invalidParameter('Exactly one of logGroupName and resourceIdentifier must be specified.')
  }
  return logGroupName === undefined
    ? findGroupByIdentifier(ctx, resourceIdentifier ?? '')
    : findGroup(ctx, logGroupName)
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_AssociateKmsKey.html */
export function AssociateKmsKey(ctx: Tx, input: In<'AssociateKmsKey'>): void {
  const group = findTarget(ctx, input)
  checkKey(input.kmsKeyId, groupArn(ctx, group.name))
  ctx.sql.run('UPDATE logs_log_groups SET kmsKeyId = ? WHERE id = ?', input.kmsKeyId, group.id)
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DisassociateKmsKey.html */
export function DisassociateKmsKey(ctx: Tx, input: In<'DisassociateKmsKey'>): void {
  ctx.sql.run('UPDATE logs_log_groups SET kmsKeyId = NULL WHERE id = ?', findTarget(ctx, input).id)
}
