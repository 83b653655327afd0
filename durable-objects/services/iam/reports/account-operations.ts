import type { Operations } from '../../../../aws/models/iam.types.ts'
import type { Handlers } from '../../../kernel/object/operation.ts'
import {
  CreateAccountAlias,
  DeleteAccountAlias,
  GetAccountSummary,
  ListAccountAliases,
  SetSecurityTokenServicePreferences,
} from './account.ts'
import { GetAccountAuthorizationDetails } from './authorization-details.ts'
import { GetContextKeysForCustomPolicy, GetContextKeysForPrincipalPolicy } from '../simulation/context-keys.ts'
import { GenerateCredentialReport, GetCredentialReport } from './credential-report.ts'
import {
  AddRoleToInstanceProfile,
  CreateInstanceProfile,
  DeleteInstanceProfile,
  GetInstanceProfile,
  ListInstanceProfileTags,
  ListInstanceProfiles,
  ListInstanceProfilesForRole,
  RemoveRoleFromInstanceProfile,
  TagInstanceProfile,
  UntagInstanceProfile,
} from '../entities/instance-profiles.ts'
import {
  AddClientIDToOpenIDConnectProvider,
  CreateOpenIDConnectProvider,
  DeleteOpenIDConnectProvider,
  GetOpenIDConnectProvider,
  ListOpenIDConnectProviderTags,
  ListOpenIDConnectProviders,
  RemoveClientIDFromOpenIDConnectProvider,
  TagOpenIDConnectProvider,
  UntagOpenIDConnectProvider,
  UpdateOpenIDConnectProviderThumbprint,
} from '../providers/open-id-providers.ts'
import {
  DeleteAccountPasswordPolicy,
  GetAccountPasswordPolicy,
  UpdateAccountPasswordPolicy,
} from '../credentials/password-policy.ts'
import { ListEntitiesForPolicy } from '../policies/policy-entities.ts'
import {
  CreateSAMLProvider,
  DeleteSAMLProvider,
  GetSAMLProvider,
  ListSAMLProviderTags,
  ListSAMLProviders,
  TagSAMLProvider,
  UntagSAMLProvider,
  UpdateSAMLProvider,
} from '../providers/saml-providers.ts'
import {
  DeleteServerCertificate,
  GetServerCertificate,
  ListServerCertificateTags,
  ListServerCertificates,
  TagServerCertificate,
  UntagServerCertificate,
  UpdateServerCertificate,
  UploadServerCertificate,
} from '../credentials/server-certificates.ts'
import {
  CreateServiceLinkedRole,
  DeleteServiceLinkedRole,
  GetServiceLinkedRoleDeletionStatus,
} from '../entities/service-linked-roles.ts'
import { ListPoliciesGrantingServiceAccess } from './service-access.ts'
import { SimulateCustomPolicy, SimulatePrincipalPolicy } from '../simulation/simulation.ts'
import {
  DisableOutboundWebIdentityFederation,
  EnableOutboundWebIdentityFederation,
  GetOutboundWebIdentityFederationInfo,
} from '../providers/token-issuer.ts'

/** The account itself, identity providers, instance profiles, reports and the simulator. */
export const accountOperations = {
  AddClientIDToOpenIDConnectProvider,
  AddRoleToInstanceProfile,
  CreateAccountAlias,
  CreateInstanceProfile,
  CreateOpenIDConnectProvider,
  CreateSAMLProvider,
  CreateServiceLinkedRole,
  DeleteAccountAlias,
  DeleteAccountPasswordPolicy,
  DeleteInstanceProfile,
  DeleteOpenIDConnectProvider,
  DeleteSAMLProvider,
  DeleteServerCertificate,
  DeleteServiceLinkedRole,
  DisableOutboundWebIdentityFederation,
  EnableOutboundWebIdentityFederation,
  GenerateCredentialReport,
  GetAccountAuthorizationDetails,
  GetAccountPasswordPolicy,
  GetAccountSummary,
  GetContextKeysForCustomPolicy,
  GetContextKeysForPrincipalPolicy,
  GetCredentialReport,
  GetInstanceProfile,
  GetOpenIDConnectProvider,
  GetOutboundWebIdentityFederationInfo,
  GetSAMLProvider,
  GetServerCertificate,
  GetServiceLinkedRoleDeletionStatus,
  ListAccountAliases,
  ListEntitiesForPolicy,
  ListInstanceProfileTags,
  ListInstanceProfiles,
  ListInstanceProfilesForRole,
  ListOpenIDConnectProviderTags,
  ListOpenIDConnectProviders,
  ListPoliciesGrantingServiceAccess,
  ListSAMLProviderTags,
  ListSAMLProviders,
  ListServerCertificateTags,
  ListServerCertificates,
  RemoveClientIDFromOpenIDConnectProvider,
  RemoveRoleFromInstanceProfile,
  SetSecurityTokenServicePreferences,
  SimulateCustomPolicy,
  SimulatePrincipalPolicy,
  TagInstanceProfile,
  TagOpenIDConnectProvider,
  TagSAMLProvider,
  TagServerCertificate,
  UntagInstanceProfile,
  UntagOpenIDConnectProvider,
  UntagSAMLProvider,
  UntagServerCertificate,
  UpdateAccountPasswordPolicy,
  UpdateOpenIDConnectProviderThumbprint,
  UpdateSAMLProvider,
  UpdateServerCertificate,
  UploadServerCertificate,
} satisfies Handlers<Operations>
