import { stsAccess } from './access.ts'
import type { Operations } from '../../../aws/models/sts.types.ts'
import type { ServiceDefinition } from '../../kernel/object/operation.ts'
import { operationsOf } from '../../kernel/object/operations-of.ts'
import * as assumeRole from './assume-role.ts'
import * as identity from './identity.ts'
import * as saml from './saml.ts'
import * as userSessions from './user-sessions.ts'
import * as webIdentity from './web-identity.ts'
import * as webIdentityIssuing from './web-identity-issuing.ts'

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

export const sts: ServiceDefinition = {
  operations: operationsOf('sts', assumeRole, identity, saml, userSessions, webIdentity, webIdentityIssuing),
  migrations: [],
  access: stsAccess,
  dialect: 'query',
  wire: { validation: { code: 'ValidationError' } },
}
