import type { Operations } from '../../../../aws/models/iam.types.ts'
import type { Handlers } from '../../../kernel/object/operation.ts'
import {
  CreateAccessKey,
  DeleteAccessKey,
  GetAccessKeyLastUsed,
  ListAccessKeys,
  UpdateAccessKey,
} from './access-keys.ts'
import {
  ChangePassword,
  CreateLoginProfile,
  DeleteLoginProfile,
  GetLoginProfile,
  UpdateLoginProfile,
} from './login-profiles.ts'
import {
  CreateVirtualMFADevice,
  DeactivateMFADevice,
  DeleteVirtualMFADevice,
  EnableMFADevice,
  GetMFADevice,
  ListMFADeviceTags,
  ListMFADevices,
  ListVirtualMFADevices,
  ResyncMFADevice,
  TagMFADevice,
  UntagMFADevice,
} from './mfa-devices.ts'
import {
  CreateServiceSpecificCredential,
  DeleteServiceSpecificCredential,
  ListServiceSpecificCredentials,
  ResetServiceSpecificCredential,
  UpdateServiceSpecificCredential,
} from './service-credentials.ts'
import {
  DeleteSigningCertificate,
  ListSigningCertificates,
  UpdateSigningCertificate,
  UploadSigningCertificate,
} from './signing-certificates.ts'
import {
  DeleteSSHPublicKey,
  GetSSHPublicKey,
  ListSSHPublicKeys,
  UpdateSSHPublicKey,
  UploadSSHPublicKey,
} from './ssh-public-keys.ts'

/** What users sign in and sign requests with. */
export const credentialOperations = {
  ChangePassword,
  CreateAccessKey,
  CreateLoginProfile,
  CreateServiceSpecificCredential,
  CreateVirtualMFADevice,
  DeactivateMFADevice,
  DeleteAccessKey,
  DeleteLoginProfile,
  DeleteSSHPublicKey,
  DeleteServiceSpecificCredential,
  DeleteSigningCertificate,
  DeleteVirtualMFADevice,
  EnableMFADevice,
  GetAccessKeyLastUsed,
  GetLoginProfile,
  GetMFADevice,
  GetSSHPublicKey,
  ListAccessKeys,
  ListMFADeviceTags,
  ListMFADevices,
  ListSSHPublicKeys,
  ListServiceSpecificCredentials,
  ListSigningCertificates,
  ListVirtualMFADevices,
  ResetServiceSpecificCredential,
  ResyncMFADevice,
  TagMFADevice,
  UntagMFADevice,
  UpdateAccessKey,
  UpdateLoginProfile,
  UpdateSSHPublicKey,
  UpdateServiceSpecificCredential,
  UpdateSigningCertificate,
  UploadSSHPublicKey,
  UploadSigningCertificate,
} satisfies Handlers<Operations>
