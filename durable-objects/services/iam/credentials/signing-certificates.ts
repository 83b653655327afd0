import { X509Certificate } from 'node:crypto'
import type { In, Out, SigningCertificate } from '../../../../aws/models/iam.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { userOrCaller } from '../callers.ts'
import { newId } from '../entities/entities.ts'
import { noSuchEntity, quotaExceeded } from '../refusals.ts'
import type { Entity } from '../schema.ts'
import { parsed } from './server-certificates.ts'
import {
  type Credential,
  credentialsOf,
  deleteCredential,
  findCredential,
  insertCredential,
  pageOfCredentials,
  setCredentialStatus,
} from './user-credentials.ts'

const MAX_CERTIFICATES = 2

function findCertificate(ctx: Ctx, user: Entity<'user'>, id: string): Credential<'signing'> {
  const certificate = findCredential(ctx, 'signing', id)
  if (certificate?.user !== user.id) throw noSuchEntity(`The Certificate with id ${id} cannot be found.`)
  return certificate
}

function shown(
  { name }: Entity<'user'>,
  { id, status, createdAt, details }: Credential<'signing'>,
): SigningCertificate {
  return {
    UserName: name,
    CertificateId: id,
    CertificateBody: details.body,
    Status: status,
    UploadDate: new Date(createdAt),
  }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UploadSigningCertificate.html */
export function UploadSigningCertificate(
  ctx: Tx,
  input: In<'UploadSigningCertificate'>,
): Out<'UploadSigningCertificate'> {
  const user = userOrCaller(ctx, input.UserName)
  const body = input.CertificateBody
  parsed(`Certificate ${body} is malformed`, () => new X509Certificate(body))
  const present = credentialsOf(ctx, 'signing', user)
  if (present.some(({ details }) => details.body === body)) {
    throw new AwsError('DuplicateCertificateException', 'The certificate is already associated with this user.')
  }
  if (present.length >= MAX_CERTIFICATES) throw quotaExceeded('SigningCertificatesPerUser', MAX_CERTIFICATES)
  const certificate = insertCredential(ctx, user, { id: newId('ASIC'), kind: 'signing', details: { body } })
  return { Certificate: shown(user, certificate) }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSigningCertificates.html */
export function ListSigningCertificates(
  ctx: Ctx,
  input: In<'ListSigningCertificates'>,
): Out<'ListSigningCertificates'> {
  const user = userOrCaller(ctx, input.UserName)
  const { rows, end } = pageOfCredentials(ctx, 'signing', { user, paging: input })
  return { Certificates: rows.map(certificate => shown(user, certificate)), ...end }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateSigningCertificate.html */
export function UpdateSigningCertificate(ctx: Tx, input: In<'UpdateSigningCertificate'>): void {
  const user = userOrCaller(ctx, input.UserName)
  setCredentialStatus(ctx, findCertificate(ctx, user, input.CertificateId), input.Status)
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteSigningCertificate.html */
export function DeleteSigningCertificate(ctx: Tx, input: In<'DeleteSigningCertificate'>): void {
  const user = userOrCaller(ctx, input.UserName)
  deleteCredential(ctx, findCertificate(ctx, user, input.CertificateId))
}
