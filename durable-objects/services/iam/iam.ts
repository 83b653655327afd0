import type { Handlers } from '../../kernel/object/operation.ts'
import type { Operations } from '../../../aws/models/iam.types.ts'
import { iamAccess } from './access.ts'
import type { ServiceDefinition } from '../../kernel/object/operation.ts'
import { operationsOf } from '../../kernel/object/operations-of.ts'
import { FindPrincipal, type PrincipalOperations } from './entities/principal.ts'
import { migrations } from './schema.ts'
import * as accessKeys from './credentials/access-keys.ts'
import * as account from './reports/account.ts'
import * as attachments from './policies/attachments.ts'
import * as authorizationDetails from './reports/authorization-details.ts'
import * as boundaries from './entities/boundaries.ts'
import * as contextKeys from './simulation/context-keys.ts'
import * as credentialReport from './reports/credential-report.ts'
import * as groups from './entities/groups.ts'
import * as inlinePolicies from './policies/inline-policies.ts'
import * as instanceProfiles from './entities/instance-profiles.ts'
import * as loginProfiles from './credentials/login-profiles.ts'
import * as mfaDevices from './credentials/mfa-devices.ts'
import * as openIdProviders from './providers/open-id-providers.ts'
import * as passwordPolicy from './credentials/password-policy.ts'
import * as policies from './policies/policies.ts'
import * as policyEntities from './policies/policy-entities.ts'
import * as policyVersions from './policies/policy-versions.ts'
import * as roles from './entities/roles.ts'
import * as samlProviders from './providers/saml-providers.ts'
import * as serverCertificates from './credentials/server-certificates.ts'
import * as serviceAccess from './reports/service-access.ts'
import * as serviceCredentials from './credentials/service-credentials.ts'
import * as serviceLinkedRoles from './entities/service-linked-roles.ts'
import * as signingCertificates from './credentials/signing-certificates.ts'
import * as simulation from './simulation/simulation.ts'
import * as sshPublicKeys from './credentials/ssh-public-keys.ts'
import * as tokenIssuer from './providers/token-issuer.ts'
import * as users from './entities/users.ts'

/** What services and the emulator's own endpoints ask beyond AWS's API. */
type InternalOperations = PrincipalOperations & mfaDevices.MultiFactorOperations & tokenIssuer.IssuerOperations

declare module '../../kernel/object/service-operations.ts' {
  interface ServiceOperations {
    iam: Operations & InternalOperations
  }
}

/*
 * Known gaps and choices:
 * - Of AWS's managed policies, those of the services that are built and the widely used ones are at hand, each in its
 *   present version; an ARN of another is unknown.
 * - A trust policy's users and roles of the same account must exist when it is put; they are kept as ARNs, not as
 *   unique ids, so that one made anew under the name of one deleted is trusted again.
 * - A service-linked role is deleted at once, and for services that are not known gets a name made of theirs.
 * - A virtual MFA device has no QR code; its seed is given.
 * - RSA public SSH keys are given back in the SSH encoding only.
 * - The account's issuer of identity tokens (outbound web identity federation) is at a URL of the emulator's own, so
 *   that its keys can be fetched and its tokens verified.
 * - 501: access advisor's jobs (GenerateServiceLastAccessedDetails and the like), as no use of services is recorded;
 *   delegation requests, role templates and account properties; what belongs to AWS Organizations.
 */

export const iam: ServiceDefinition = {
  tagConditions: () => ['aws:ResourceTag', 'iam:ResourceTag'],
  operations: operationsOf(
    'iam',
    accessKeys,
    account,
    attachments,
    authorizationDetails,
    boundaries,
    contextKeys,
    credentialReport,
    groups,
    inlinePolicies,
    instanceProfiles,
    loginProfiles,
    mfaDevices,
    openIdProviders,
    passwordPolicy,
    policies,
    policyEntities,
    policyVersions,
    roles,
    samlProviders,
    serverCertificates,
    serviceAccess,
    serviceCredentials,
    serviceLinkedRoles,
    signingCertificates,
    simulation,
    sshPublicKeys,
    tokenIssuer,
    users,
  ),
  migrations,
  internal: {
    FindPrincipal,
    CheckMultiFactor: mfaDevices.CheckMultiFactor,
    SignToken: tokenIssuer.SignToken,
    DescribeTokenIssuer: tokenIssuer.DescribeTokenIssuer,
  } satisfies Handlers<InternalOperations>,
  scope: 'global',
  access: iamAccess,
  dialect: 'query',
  // IAM has one place to sign for.
  signedRegion: () => 'us-east-1',
  wire: { validation: { code: 'ValidationError' } },
}
