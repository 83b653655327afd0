import type { In, Out } from '../../../../aws/models/iam.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import type { Reading } from '../../../kernel/object/sql.ts'
import { accountValue, clearAccountValue, setAccountValue } from './account-values.ts'
import { countOf, QUOTAS } from '../entities/entities.ts'
import { pageOfAll } from '../entities/listings.ts'
import { alreadyExists, noSuchEntity } from '../refusals.ts'

const ALIAS = 'alias'
const TOKEN_VERSION = 'globalEndpointTokenVersion'

/**
 * An account has one alias: a new one takes the place of the old.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccountAlias.html
 */
export function CreateAccountAlias(ctx: Tx, { AccountAlias }: In<'CreateAccountAlias'>): void {
  if (accountValue(ctx, ALIAS) === AccountAlias)
    throw alreadyExists(`The account alias ${AccountAlias} already exists.`)
  setAccountValue(ctx, ALIAS, AccountAlias)
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccountAlias.html */
export function DeleteAccountAlias(ctx: Tx, { AccountAlias }: In<'DeleteAccountAlias'>): void {
  if (accountValue(ctx, ALIAS) !== AccountAlias)
    throw noSuchEntity(`The account alias ${AccountAlias} cannot be found.`)
  clearAccountValue(ctx, ALIAS)
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccountAliases.html */
export function ListAccountAliases(ctx: Ctx, input: In<'ListAccountAliases'>): Out<'ListAccountAliases'> {
  const alias = accountValue<string>(ctx, ALIAS)
  const page = pageOfAll(ctx, input, { rows: alias === undefined ? [] : [alias] })
  return { AccountAliases: page.rows, ...page.end }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_SetSecurityTokenServicePreferences.html */
export function SetSecurityTokenServicePreferences(ctx: Tx, input: In<'SetSecurityTokenServicePreferences'>): void {
  setAccountValue(ctx, TOKEN_VERSION, input.GlobalEndpointTokenVersion === 'v2Token' ? 2 : 1)
}

/** What does not depend on what the account holds. */
const FIXED_QUOTAS = {
  AccessKeysPerUserQuota: 2,
  AssumeRolePolicySizeQuota: 2048,
  AttachedPoliciesPerGroupQuota: 10,
  AttachedPoliciesPerRoleQuota: 10,
  AttachedPoliciesPerUserQuota: 10,
  GroupPolicySizeQuota: 5120,
  GroupsPerUserQuota: 10,
  PolicySizeQuota: 6144,
  PolicyVersionsInUseQuota: 10_000,
  RolePolicySizeQuota: 10_240,
  SigningCertificatesPerUserQuota: 2,
  UserPolicySizeQuota: 2048,
  VersionsPerPolicyQuota: 5,
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html */
export function GetAccountSummary(ctx: Ctx): Out<'GetAccountSummary'> {
  const count = (query: Reading) => ctx.sql.first<{ n: number }>(query)?.n ?? 0
  const quota = (kind: keyof typeof QUOTAS) => QUOTAS[kind]?.limit ?? 0
  return {
    SummaryMap: {
      ...FIXED_QUOTAS,
      AccountAccessKeysPresent: 0,
      AccountMFAEnabled: 0,
      AccountPasswordPresent: 1,
      AccountSigningCertificatesPresent: 0,
      GlobalEndpointTokenVersion: accountValue<number>(ctx, TOKEN_VERSION) ?? 1,
      Groups: countOf(ctx, 'group'),
      GroupsQuota: quota('group'),
      InstanceProfiles: countOf(ctx, 'instance-profile'),
      InstanceProfilesQuota: quota('instance-profile'),
      MFADevices: countOf(ctx, 'mfa'),
      MFADevicesInUse: count('SELECT COUNT(*) AS n FROM iam_mfa_users'),
      Policies: countOf(ctx, 'policy'),
      PoliciesQuota: quota('policy'),
      PolicyVersionsInUse: count('SELECT COUNT(*) AS n FROM iam_policy_versions'),
      Providers: countOf(ctx, 'oidc-provider') + countOf(ctx, 'saml-provider'),
      Roles: countOf(ctx, 'role'),
      RolesQuota: quota('role'),
      ServerCertificates: countOf(ctx, 'server-certificate'),
      ServerCertificatesQuota: quota('server-certificate'),
      Users: countOf(ctx, 'user'),
      UsersQuota: quota('user'),
    },
  }
}
