import type { In, Out } from '../../../aws/models/sns.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { invalidParameter } from './refusals.ts'
import { findTopic, writeTopic } from './find-topic.ts'

/** https://docs.aws.amazon.com/sns/latest/api/API_PutDataProtectionPolicy.html */
export function PutDataProtectionPolicy(ctx: Tx, input: In<'PutDataProtectionPolicy'>): void {
  const { ResourceArn, DataProtectionPolicy: policy } = input
  const topic = findTopic(ctx, ResourceArn, 'ResourceArn')
  if (policy !== '') checkDocument(policy)
  writeTopic(ctx, { ...topic, dataProtection: policy === '' ? null : policy })
}

function checkDocument(policy: string): void {
  try {
    const document: unknown = JSON.parse(policy)
    if (typeof document === 'object' && document !== null && !Array.isArray(document)) return
  } catch {
    // Refused below.
  }
  throw invalidParameter('DataProtectionPolicy Reason: The policy is not valid JSON')
}

/** https://docs.aws.amazon.com/sns/latest/api/API_GetDataProtectionPolicy.html */
export function GetDataProtectionPolicy(
  ctx: Ctx,
  { ResourceArn }: In<'GetDataProtectionPolicy'>,
): Out<'GetDataProtectionPolicy'> {
  return { DataProtectionPolicy: findTopic(ctx, ResourceArn, 'ResourceArn').dataProtection ?? '' }
}
