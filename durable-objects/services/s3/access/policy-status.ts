import type { BucketPolicy, Statement } from './policy-grammar.ts'

/** Conditions that, with fixed values, keep a policy from being public. */
const LIMITING = new Set([
  'aws:principalorgid',
  'aws:principalaccount',
  'aws:principalarn',
  'aws:sourcearn',
  'aws:sourceaccount',
  'aws:sourceowner',
  'aws:sourceorgid',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:userid',
  's3:dataaccesspointaccount',
  's3:dataaccesspointarn',
  's3:x-amz-server-side-encryption-aws-kms-key-id',
])

/**
 * Whether a policy lets in everyone, as AWS means it.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
 */
export function isPublicPolicy({ Statement }: BucketPolicy): boolean {
  return Statement.some(statement => statement.Effect === 'Allow' && forEveryone(statement) && !isLimited(statement))
}

function forEveryone({ Principal, NotPrincipal }: Statement): boolean {
  // All but some is nearly all.
  if (NotPrincipal !== undefined) return true
  if (Principal === '*') return true
  if (typeof Principal !== 'object' || Principal === null) return false
  const names = 'AWS' in Principal ? Principal.AWS : undefined
  return Array.isArray(names) ? names.includes('*') : names === '*'
}

function isLimited({ Condition = {} }: Statement): boolean {
  return Object.entries(Condition).some(([operator, keys]) => {
    if (/not|ifexists|null/i.test(operator)) return false
    return Object.entries(keys).some(([key, value]) => {
      const values = (Array.isArray(value) ? value : [value]).map(String)
      if (key.toLowerCase() === 'aws:sourceip') return values.every(isNarrow)
      return LIMITING.has(key.toLowerCase()) && values.every(isFixed)
    })
  })
}

/** Wildcards and variables may mean anyone; in an ARN's last part they still name an account. */
function isFixed(value: string): boolean {
  if (value.includes('${')) return false
  if (!/[*?]/.test(value)) return true
  return /^arn:[^:*?]+:[^:*?]+:[^:]*:\d{12}:/.test(value) || /^arn:aws:s3:::[^*?]/.test(value)
}

/** An address range of more than 2^24 (IPv4: /8) addresses is the public. */
function isNarrow(range: string): boolean {
  const bits = Number(range.split('/')[1] ?? 128)
  return range.includes(':') ? bits >= 32 : bits >= 8
}
