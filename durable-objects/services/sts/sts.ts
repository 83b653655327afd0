import { stsAccess } from './access.ts'
import type { Operations } from '../../../aws/models/sts.types.ts'
import type { Handlers, ServiceDefinition } from '../../kernel/object/operation.ts'
import { AssumeRole } from './assume-role.ts'
import { DecodeAuthorizationMessage, GetAccessKeyInfo, GetCallerIdentity } from './identity.ts'
import { AssumeRoleWithSAML } from './saml.ts'
import { GetFederationToken, GetSessionToken } from './user-sessions.ts'
import { AssumeRoleWithWebIdentity } from './web-identity.ts'
import { GetWebIdentityToken } from './web-identity-issuing.ts'

declare module '../../kernel/object/service-operations.ts' {
  interface ServiceOperations {
    sts: Operations
  }
}

/*
 * Known gaps and choices:
 * - Keys that nobody made (`test`, an account's 12 digits) are the root user's, which may assume roles here.
 * - Signatures of identity tokens and SAML assertions are not checked: the providers' keys lie outside.
 * - Nothing is decoded: EC2 alone encodes its refusals, and is not here.
 * - How full session policies and tags are (PackedPolicySize) is estimated.
 * - AssumeRoot and GetDelegatedAccessToken need AWS Organizations and AWS's partners: 501.
 */

const operations = {
  AssumeRole,
  AssumeRoleWithSAML,
  AssumeRoleWithWebIdentity,
  DecodeAuthorizationMessage,
  GetAccessKeyInfo,
  GetCallerIdentity,
  GetFederationToken,
  GetSessionToken,
  GetWebIdentityToken,
} satisfies Handlers<Operations>

export const sts: ServiceDefinition = {
  operations,
  migrations: [],
  access: stsAccess,
  dialect: 'query',
  wire: { validation: { code: 'ValidationError' } },
}
