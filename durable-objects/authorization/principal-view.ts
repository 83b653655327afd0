/** A policy with a say in what a principal may do. `arn` is null for an inline one. */
export type PrincipalPolicy = { name: string; arn: string | null; document: string; owner: string }

/** Notes a use of the key or role that is looked up. */
export type PrincipalUse = { service: string; region: string }

/** Whom is asked for: by a key, the ARN of any principal, or a user's name; `policyArns` of session policies to look up. */
export type PrincipalQuery = ({ accessKeyId: string } | { arn: string } | { userName: string }) & {
  policyArns?: readonly string[] | undefined
  use?: PrincipalUse | undefined
}

/** Everything that deciding a principal's request takes. */
export type PrincipalView = {
  arn: string
  userId: string
  kind: 'user' | 'role' | 'root'
  name: string
  path: string
  accessKeyStatus?: 'Active' | 'Inactive'
  secretAccessKey?: string
  tags: Record<string, string>
  policies: PrincipalPolicy[]
  boundary: PrincipalPolicy | null
  /** Names of a user's groups. */
  groups: string[]
  /** Of a role: its trust policy, and the longest session in seconds. */
  trust?: string
  maxSession?: number
  /** The documents of `policyArns`, those of them that there are. */
  sessionPolicies?: PrincipalPolicy[]
}
