import type { Policy } from '../../../../aws/models/iam.types.ts'
import { MANAGED_POLICIES } from './managed-policies.data.ts'

/** One of AWS's own managed policies. */
export type ManagedPolicy = {
  name: string
  arn: string
  path: string
  version: string
  created: Date
  updated: Date
  document: string
}

type Stored = { path: string; version: string; created: string; updated: string; document: unknown }

function policyOf(line: string): ManagedPolicy {
  const space = line.indexOf(' ')
  const name = line.slice(0, space)
  const { path, version, created, updated, document } = JSON.parse(line.slice(space + 1)) as Stored // our own data
  return {
    name,
    arn: `arn:aws:iam::aws:policy${path}${name}`,
    path,
    version,
    created: new Date(created),
    updated: new Date(updated),
    document: JSON.stringify(document, null, 4),
  }
}

/** By ARN, path and all; undefined when AWS has no such policy, or it is not among those at hand. */
export function managedPolicy(arn: string): ManagedPolicy | undefined {
  const name = arn.split('/').at(-1) ?? ''
  const line = MANAGED_POLICIES.find(each => each.startsWith(`${name} `))
  const policy = line === undefined ? undefined : policyOf(line)
  return policy && policy.arn.replace('arn:aws:', '') === arn.replace(/^arn:[^:]*:/, '') ? policy : undefined
}

/** AWS's policies whose path has a prefix and whose names come after one, in the order of their names. */
export function managedPolicies(prefix: string, after = ''): ManagedPolicy[] {
  return MANAGED_POLICIES.filter(line => line.slice(0, line.indexOf(' ')) > after)
    .map(policyOf)
    .filter(({ path }) => path.startsWith(prefix))
}

/** A stable stand-in for the unique id, which AWS gives to each of its policies. */
function idOf(name: string): string {
  let text = ''
  let hash = 0x811c9dc5
  for (let i = 0; text.length < 17; i++) {
    hash = Math.imul(hash ^ name.charCodeAt(i % name.length) ^ i, 0x01000193)
    text += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[(hash >>> 13) & 31]
  }
  return `ANPA${text}`
}

export function shownManagedPolicy(
  policy: ManagedPolicy,
  usage: Pick<Policy, 'AttachmentCount' | 'PermissionsBoundaryUsageCount'>,
): Policy {
  return {
    PolicyName: policy.name,
    PolicyId: idOf(policy.name),
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.version,
    ...usage,
    IsAttachable: true,
    CreateDate: policy.created,
    UpdateDate: policy.updated,
  }
}
