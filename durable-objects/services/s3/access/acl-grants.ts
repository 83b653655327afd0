import type { AccessControlPolicy, Grant } from '../../../../aws/models/s3.types.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { canonicalUserOf } from '../buckets/bucket-owner.ts'
import { invalidArgument } from '../configurations/configuration-handlers.ts'

/** An access control list as it is kept and shown. */
export type Acl = { Owner: { ID: string }; Grants: Grant[] }

const GROUPS = 'http://acs.amazonaws.com/groups/'
export const ALL_USERS = `${GROUPS}global/AllUsers`
export const AUTHENTICATED_USERS = `${GROUPS}global/AuthenticatedUsers`
const LOG_DELIVERY = `${GROUPS}s3/LogDelivery`
const GROUP_URIS = [ALL_USERS, AUTHENTICATED_USERS, LOG_DELIVERY]
const PERMISSIONS = ['FULL_CONTROL', 'WRITE', 'WRITE_ACP', 'READ', 'READ_ACP']

/** The account that AWS's machine images are read by: what `aws-exec-read` grants to. */
const EXEC_USER = '6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c'

type Owners = { owner: string; bucketOwner: string }

const group = (URI: string, Permission: string): Grant => ({ Grantee: { Type: 'Group', URI }, Permission })
const user = (ID: string, Permission: string): Grant => ({ Grantee: { Type: 'CanonicalUser', ID }, Permission })

/** What each canned ACL grants beside the owner's full control. */
const CANNED: Record<string, (owners: Owners) => Grant[]> = {
  private: () => [],
  'public-read': () => [group(ALL_USERS, 'READ')],
  'public-read-write': () => [group(ALL_USERS, 'READ'), group(ALL_USERS, 'WRITE')],
  'authenticated-read': () => [group(AUTHENTICATED_USERS, 'READ')],
  'log-delivery-write': () => [group(LOG_DELIVERY, 'WRITE'), group(LOG_DELIVERY, 'READ_ACP')],
  'aws-exec-read': () => [user(EXEC_USER, 'READ')],
  'bucket-owner-read': ({ owner, bucketOwner }) =>
    owner === bucketOwner ? [] : [user(canonicalUserOf(bucketOwner), 'READ')],
  'bucket-owner-full-control': ({ owner, bucketOwner }) =>
    owner === bucketOwner ? [] : [user(canonicalUserOf(bucketOwner), 'FULL_CONTROL')],
}

/** The ACL behind a canned name. @param owners accounts: the resource's owner, and its bucket's */
export function cannedAcl(name: string, owners: Owners): Acl {
  const grants = Object.hasOwn(CANNED, name) ? CANNED[name] : undefined
  if (!grants) throw invalidArgument('', 'x-amz-acl', name)
  const ID = canonicalUserOf(owners.owner)
  return { Owner: { ID }, Grants: [user(ID, 'FULL_CONTROL'), ...grants(owners)] }
}

/** The `x-amz-grant-*` headers of a request. */
export type GrantHeaders = {
  GrantFullControl?: string | undefined
  GrantRead?: string | undefined
  GrantReadACP?: string | undefined
  GrantWrite?: string | undefined
  GrantWriteACP?: string | undefined
}

const HEADERS = [
  ['GrantFullControl', 'FULL_CONTROL', 'x-amz-grant-full-control'],
  ['GrantRead', 'READ', 'x-amz-grant-read'],
  ['GrantWrite', 'WRITE', 'x-amz-grant-write'],
  ['GrantReadACP', 'READ_ACP', 'x-amz-grant-read-acp'],
  ['GrantWriteACP', 'WRITE_ACP', 'x-amz-grant-write-acp'],
] as const

export function hasGrantHeaders(input: GrantHeaders): boolean {
  return HEADERS.some(([member]) => input[member] !== undefined)
}

/** What `x-amz-grant-*` headers grant: lists of `id="…"`, `uri="…"`. */
export function grantsOfHeaders(input: GrantHeaders): Grant[] {
  return HEADERS.flatMap(([member, permission, header]) => {
    const value = input[member]
    if (value === undefined) return []
    return value.split(',').map(each => grantOf(each.trim(), { permission, header, value }))
  })
}

function grantOf(text: string, from: { permission: string; header: string; value: string }): Grant {
  const [, kind = '', quoted, plain] = /^(id|uri|emailAddress)\s*=\s*(?:"([^"]*)"|([^"\s]+))$/i.exec(text) ?? []
  const value = quoted ?? plain ?? ''
  if (value === '') throw invalidArgument('Argument format not recognized', from.header, from.value)
  if (/^email/i.test(kind)) throw unresolvable()
  if (kind.toLowerCase() === 'uri') return group(checkGroup(value), from.permission)
  return user(checkId(value, 'id'), from.permission)
}

function checkGroup(uri: string): string {
  if (!GROUP_URIS.includes(uri)) throw invalidArgument('Invalid group uri', 'uri', uri)
  return uri
}

function checkId(id: string, name: string): string {
  if (!/^[0-9a-f]{64}$/.test(id)) throw invalidArgument('Invalid id', name, id)
  return id
}

function unresolvable(): AwsError {
  const message = 'The e-mail address you provided does not match any account on record.'
  return new AwsError('UnresolvableGrantByEmailAddress', message, 400)
}

const MOST_GRANTS = 100

/** A whole ACL from a request's body, which must keep the owner. */
export function aclOfDocument({ Owner, Grants = [] }: AccessControlPolicy, owner: string): Acl {
  const ID = canonicalUserOf(owner)
  if (!Owner || Owner.ID === undefined || Grants.length > MOST_GRANTS) throw malformedAcl()
  if (checkId(Owner.ID, 'CanonicalUser/ID') !== ID) throw new AwsError('AccessDenied', 'Access Denied', 403)
  return { Owner: { ID }, Grants: Grants.map(checkGrant) }
}

function checkGrant({ Grantee, Permission = '' }: Grant): Grant {
  if (!Grantee || !PERMISSIONS.includes(Permission)) throw malformedAcl()
  if (Grantee.Type === 'Group' && Grantee.URI !== undefined) return group(checkGroup(Grantee.URI), Permission)
  if (Grantee.Type === 'AmazonCustomerByEmail') throw unresolvable()
  if (Grantee.Type !== 'CanonicalUser' || Grantee.ID === undefined) throw malformedAcl()
  return user(checkId(Grantee.ID, 'CanonicalUser/ID'), Permission)
}

function malformedAcl(): AwsError {
  const message = 'The XML you provided was not well-formed or did not validate against our published schema'
  return new AwsError('MalformedACLError', message, 400)
}

/** Whether an ACL opens a resource to everyone, or to every AWS account. */
export function isPublicAcl({ Grants }: Acl): boolean {
  return Grants.some(({ Grantee }) => Grantee?.URI === ALL_USERS || Grantee?.URI === AUTHENTICATED_USERS)
}

/** Whether an ACL grants anything to anyone but its owner. */
export function grantsOthers({ Grants }: Acl, owner: string): boolean {
  const ID = canonicalUserOf(owner)
  return Grants.some(({ Grantee }) => Grantee?.ID !== ID)
}
