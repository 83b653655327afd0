/** A policy with a say in what a principal may do. `arn` is null for an inline one. */
export type PrincipalPolicy = { name: string; arn: string | null; document: string; owner: string }

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
