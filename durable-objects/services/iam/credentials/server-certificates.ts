import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import type { In, Out, ServerCertificateMetadata } from '../../../../aws/models/iam.types.ts'
import { dropText, keepText, readText } from '../../../kernel/blobs/texts.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { arnOfEntity, checkNew, deleteEntity, findEntity, insertEntity, renameEntity } from '../entities/entities.ts'
import { listEntities } from '../entities/listings.ts'
import type { Entity } from '../schema.ts'
import { checkTags, setTags, shownTags, taggingOf } from '../entities/tags.ts'

type Certificate = Entity<'server-certificate'>

const findCertificate = (ctx: Ctx, name: string) => findEntity(ctx, 'server-certificate', name)

function shownMetadata(ctx: Ctx, certificate: Certificate): ServerCertificateMetadata {
  const { expiresAt } = certificate.details
  return {
    Path: certificate.path,
    ServerCertificateName: certificate.name,
    ServerCertificateId: certificate.id,
    Arn: arnOfEntity(ctx, certificate),
    UploadDate: new Date(certificate.createdAt),
    ...(expiresAt !== undefined && { Expiration: new Date(expiresAt) }),
  }
}

/** Reads a certificate, and refuses one that cannot be read or that the key is not of. */
function expiryOf(body: string, privateKey: string): number {
  const certificate = parsed('Unable to parse certificate. Please ensure the certificate is in PEM format.', () => {
    return new X509Certificate(body)
  })
  const key = parsed('Unable to parse key; the body is encrypted or not in PEM format.', () =>
    createPrivateKey(privateKey),
  )
  if (!publicBytes(certificate.publicKey).equals(publicBytes(createPublicKey(key)))) {
    throw new AwsError('KeyPairMismatchException', 'The certificate and the private key do not match.')
  }
  return Date.parse(certificate.validTo)
}

const publicBytes = (key: KeyObject) => key.export({ type: 'spki', format: 'der' })

export function parsed<T>(message: string, read: () => T): T {
  try {
    return read()
  } catch {
    throw new AwsError('MalformedCertificateException', message)
  }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UploadServerCertificate.html */
export function UploadServerCertificate(ctx: Tx, input: In<'UploadServerCertificate'>): Out<'UploadServerCertificate'> {
  const { ServerCertificateName: name, Path, CertificateBody: body, CertificateChain: chain, Tags } = input
  checkTags(Tags)
  const expiresAt = expiryOf(body, input.PrivateKey)
  checkNew(ctx, 'server-certificate', name)
  const details = { body, ...(chain !== undefined && { chain: keepText(ctx, chain) }), expiresAt }
  const certificate = insertEntity(ctx, { kind: 'server-certificate', name, path: Path, details })
  setTags(ctx, certificate, Tags)
  return { ServerCertificateMetadata: shownMetadata(ctx, certificate), ...shownTags(ctx, certificate) }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetServerCertificate.html */
export function GetServerCertificate(ctx: Ctx, input: In<'GetServerCertificate'>): Out<'GetServerCertificate'> {
  const certificate = findCertificate(ctx, input.ServerCertificateName)
  const { body, chain } = certificate.details
  return {
    ServerCertificate: {
      ServerCertificateMetadata: shownMetadata(ctx, certificate),
      CertificateBody: body,
      ...(chain !== undefined && { CertificateChain: readText(ctx, chain) }),
      ...shownTags(ctx, certificate),
    },
  }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListServerCertificates.html */
export function ListServerCertificates(ctx: Ctx, input: In<'ListServerCertificates'>): Out<'ListServerCertificates'> {
  const { rows, end } = listEntities(ctx, 'server-certificate', input)
  return { ServerCertificateMetadataList: rows.map(certificate => shownMetadata(ctx, certificate)), ...end }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateServerCertificate.html */
export function UpdateServerCertificate(ctx: Tx, input: In<'UpdateServerCertificate'>): void {
  const to = { name: input.NewServerCertificateName, path: input.NewPath }
  renameEntity(ctx, findCertificate(ctx, input.ServerCertificateName), to)
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteServerCertificate.html */
export function DeleteServerCertificate(ctx: Tx, input: In<'DeleteServerCertificate'>): void {
  const certificate = findCertificate(ctx, input.ServerCertificateName)
  dropText(ctx, certificate.details.chain)
  deleteEntity(ctx, certificate)
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagServerCertificate.html */
export const {
  tag: TagServerCertificate,
  untag: UntagServerCertificate,
  list: ListServerCertificateTags,
} = taggingOf((ctx, { ServerCertificateName }: { ServerCertificateName: string }) =>
  findCertificate(ctx, ServerCertificateName),
)
