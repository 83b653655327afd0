import type { Operations } from '../../../aws/models/iam.types.ts'
import { iamAccess } from './access.ts'
import type { Handlers, ServiceDefinition } from '../../kernel/object/operation.ts'
import { accountOperations } from './reports/account-operations.ts'
import { credentialOperations } from './credentials/credential-operations.ts'
import { entityOperations } from './entities/entity-operations.ts'
import { CheckMultiFactor, type MultiFactorOperations } from './credentials/mfa-devices.ts'
import { FindPrincipal, type PrincipalOperations } from './entities/principal.ts'
import { migrations } from './schema.ts'
import { DescribeTokenIssuer, type IssuerOperations, SignToken } from './providers/token-issuer.ts'

/** What services and the emulator's own endpoints ask beyond AWS's API. */
type InternalOperations = PrincipalOperations & MultiFactorOperations & IssuerOperations

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
  operations: { ...entityOperations, ...credentialOperations, ...accountOperations },
  migrations,
  internal: { FindPrincipal, CheckMultiFactor, SignToken, DescribeTokenIssuer } satisfies Handlers<InternalOperations>,
  scope: 'global',
  access: iamAccess,
  dialect: 'query',
  // IAM has one place to sign for.
  signedRegion: () => 'us-east-1',
  wire: { validation: { code: 'ValidationError' } },
}
