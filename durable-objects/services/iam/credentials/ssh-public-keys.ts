import { createHash } from 'node:crypto'
import type { In, Out, SSHPublicKey } from '../../../../aws/models/iam.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { userOrCaller } from '../callers.ts'
import { findUser, newId } from '../entities/entities.ts'
import { noSuchEntity, quotaExceeded } from '../refusals.ts'
import type { Entity } from '../schema.ts'
import {
  type Credential,
  credentialsOf,
  deleteCredential,
  findCredential,
  insertCredential,
  pageOfCredentials,
  setCredentialStatus,
} from './user-credentials.ts'

const MAX_KEYS = 5

function findKey(ctx: Ctx, user: Entity<'user'>, id: string): Credential<'ssh'> {
  const key = findCredential(ctx, 'ssh', id)
  if (key?.user !== user.id) throw noSuchEntity(`The Public Key with id ${id} cannot be found.`)
  return key
}

/** Refuses a body that is no RSA key of OpenSSH's form; answers its MD5 fingerprint. */
function fingerprintOf(body: string): string {
  const [type, data = ''] = body.trim().split(/\s+/)
  const bytes = Buffer.from(data, 'base64')
  const stated = bytes.length > 4 ? bytes.subarray(4, 4 + bytes.readUInt32BE(0)).toString() : ''
  if (type !== 'ssh-rsa' || stated !== 'ssh-rsa') {
    throw new AwsError('InvalidPublicKeyException', 'Public key is invalid.')
  }
  return (createHash('md5').update(bytes).digest('hex').match(/../g) ?? []).join(':')
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UploadSSHPublicKey.html */
export function UploadSSHPublicKey(ctx: Tx, input: In<'UploadSSHPublicKey'>): Out<'UploadSSHPublicKey'> {
  const user = findUser(ctx, input.UserName)
  const body = input.SSHPublicKeyBody
  const fingerprint = fingerprintOf(body)
  const keys = credentialsOf(ctx, 'ssh', user)
  if (keys.some(({ details }) => details.fingerprint === fingerprint)) {
    throw new AwsError(
      'DuplicateSSHPublicKeyException',
      `The SSH public key with fingerprint ${fingerprint} is duplicated.`,
    )
  }
  if (keys.length >= MAX_KEYS) throw quotaExceeded('SSHPublicKeysPerUser', MAX_KEYS)
  const key = insertCredential(ctx, user, { id: newId('APKA'), kind: 'ssh', details: { body, fingerprint } })
  return { SSHPublicKey: shown(user, key) }
}

function shown({ name }: Entity<'user'>, { id, status, createdAt, details }: Credential<'ssh'>): SSHPublicKey {
  return {
    UserName: name,
    SSHPublicKeyId: id,
    Fingerprint: details.fingerprint,
    SSHPublicKeyBody: details.body,
    Status: status,
    UploadDate: new Date(createdAt),
  }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetSSHPublicKey.html */
export function GetSSHPublicKey(ctx: Ctx, input: In<'GetSSHPublicKey'>): Out<'GetSSHPublicKey'> {
  const user = findUser(ctx, input.UserName)
  const key = findKey(ctx, user, input.SSHPublicKeyId)
  if (input.Encoding !== 'SSH') {
    throw new AwsError('UnrecognizedPublicKeyEncodingException', 'Only the SSH encoding can be given here.')
  }
  return { SSHPublicKey: shown(user, key) }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSSHPublicKeys.html */
export function ListSSHPublicKeys(ctx: Ctx, input: In<'ListSSHPublicKeys'>): Out<'ListSSHPublicKeys'> {
  const user = userOrCaller(ctx, input.UserName)
  const { rows, end } = pageOfCredentials(ctx, 'ssh', { user, paging: input })
  const SSHPublicKeys = rows.map(({ id, status, createdAt }) => ({
    UserName: user.name,
    SSHPublicKeyId: id,
    Status: status,
    UploadDate: new Date(createdAt),
  }))
  return { SSHPublicKeys, ...end }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateSSHPublicKey.html */
export function UpdateSSHPublicKey(ctx: Tx, input: In<'UpdateSSHPublicKey'>): void {
  setCredentialStatus(ctx, findKey(ctx, findUser(ctx, input.UserName), input.SSHPublicKeyId), input.Status)
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteSSHPublicKey.html */
export function DeleteSSHPublicKey(ctx: Tx, input: In<'DeleteSSHPublicKey'>): void {
  deleteCredential(ctx, findKey(ctx, findUser(ctx, input.UserName), input.SSHPublicKeyId))
}
