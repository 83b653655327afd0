import type {
  In,
  Out,
  ServiceSpecificCredential,
  ServiceSpecificCredentialMetadata,
} from '../../../../aws/models/iam.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { randomAlphanumeric } from '../../../../aws/ids.ts'
import { userOrCaller } from '../callers.ts'
import { entityById, findUser, newId } from '../entities/entities.ts'
import { pageOfAll } from '../entities/listings.ts'
import { noSuchEntity, quotaExceeded } from '../refusals.ts'
import type { Entity } from '../schema.ts'
import {
  allCredentials,
  type Credential,
  credentialsOf,
  deleteCredential,
  findCredential,
  insertCredential,
  setCredentialStatus,
} from './user-credentials.ts'

const SERVICES = new Set([
  'codecommit.amazonaws.com',
  'cassandra.amazonaws.com',
  'bedrock.amazonaws.com',
  'ses.amazonaws.com',
])
const MAX_PER_SERVICE = 2
const DAY_MS = 86_400_000

function metadata({ name }: Entity<'user'>, credential: Credential<'service'>): ServiceSpecificCredentialMetadata {
  const { service, userName, expiresAt } = credential.details
  return {
    UserName: name,
    Status: credential.status,
    ServiceUserName: userName,
    CreateDate: new Date(credential.createdAt),
    ...(expiresAt !== undefined && { ExpirationDate: new Date(expiresAt) }),
    ServiceSpecificCredentialId: credential.id,
    ServiceName: service,
  }
}

function shown(user: Entity<'user'>, credential: Credential<'service'>): ServiceSpecificCredential {
  return { ...metadata(user, credential), ServicePassword: credential.details.password }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceSpecificCredential.html */
export function CreateServiceSpecificCredential(
  ctx: Tx,
  input: In<'CreateServiceSpecificCredential'>,
): Out<'CreateServiceSpecificCredential'> {
  const user = findUser(ctx, input.UserName)
  const service = input.ServiceName
  if (!SERVICES.has(service)) {
    throw new AwsError(
      'NotSupportedService',
      `No such service ${service} is supported for Service Specific Credentials`,
      404,
    )
  }
  const present = credentialsOf(ctx, 'service', user).filter(({ details }) => details.service === service)
  if (present.length >= MAX_PER_SERVICE) throw quotaExceeded('ServiceSpecificCredentialsPerUser', MAX_PER_SERVICE)
  const details = {
    service,
    userName: `${user.name}-at-${ctx.place.account}${present.length > 0 ? `+${present.length}` : ''}`,
    password: randomAlphanumeric(44),
    ...(input.CredentialAgeDays !== undefined && { expiresAt: ctx.now + input.CredentialAgeDays * DAY_MS }),
  }
  const credential = insertCredential(ctx, user, { id: newId('ACCA'), kind: 'service', details })
  return { ServiceSpecificCredential: shown(user, credential) }
}

function find(ctx: Ctx, input: { UserName?: string | undefined; ServiceSpecificCredentialId: string }) {
  const id = input.ServiceSpecificCredentialId
  const credential = findCredential(ctx, 'service', id)
  const user = credential && entityById<'user'>(ctx, credential.user)
  if (!user || (input.UserName !== undefined && user.id !== findUser(ctx, input.UserName).id)) {
    throw noSuchEntity(`No such credential ${id} exists`)
  }
  return { user, credential }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListServiceSpecificCredentials.html */
export function ListServiceSpecificCredentials(
  ctx: Ctx,
  input: In<'ListServiceSpecificCredentials'>,
): Out<'ListServiceSpecificCredentials'> {
  const { UserName, ServiceName, AllUsers = false } = input
  const user = AllUsers ? undefined : userOrCaller(ctx, UserName)
  const rows = (user ? credentialsOf(ctx, 'service', user) : allCredentials(ctx, 'service')).filter(
    ({ details }) => ServiceName === undefined || details.service === ServiceName,
  )
  const page = pageOfAll(ctx, input, { rows, key: ({ id }) => id })
  const ServiceSpecificCredentials = page.rows.flatMap(credential => {
    const owner = user ?? entityById<'user'>(ctx, credential.user)
    return owner ? [metadata(owner, credential)] : []
  })
  return { ServiceSpecificCredentials, ...page.end }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateServiceSpecificCredential.html */
export function UpdateServiceSpecificCredential(ctx: Tx, input: In<'UpdateServiceSpecificCredential'>): void {
  setCredentialStatus(ctx, find(ctx, input).credential, input.Status)
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ResetServiceSpecificCredential.html */
export function ResetServiceSpecificCredential(
  ctx: Tx,
  input: In<'ResetServiceSpecificCredential'>,
): Out<'ResetServiceSpecificCredential'> {
  const { user, credential } = find(ctx, input)
  const details = { ...credential.details, password: randomAlphanumeric(44) }
  ctx.sql.run('UPDATE iam_credentials SET details = ? WHERE id = ?', JSON.stringify(details), credential.id)
  return { ServiceSpecificCredential: shown(user, { ...credential, details }) }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteServiceSpecificCredential.html */
export function DeleteServiceSpecificCredential(ctx: Tx, input: In<'DeleteServiceSpecificCredential'>): void {
  deleteCredential(ctx, find(ctx, input).credential)
}
