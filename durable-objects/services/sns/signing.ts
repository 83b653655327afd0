import type { Ctx } from '../../kernel/object/operation.ts'
import type { Topic } from './schema.ts'
import { SIGNING_KEY } from './signing-key.ts'

/** How a topic signs: 1 with SHA1, 2 with SHA256. */
export type SignatureVersion = '1' | '2'

/** The members that are signed, those that are there in this order. */
const SIGNED = ['Message', 'MessageId', 'Subject', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'] as const

export type Signed = { [Name in (typeof SIGNED)[number]]?: string | undefined }

export const versionOf = ({ attributes }: Topic) => (attributes.SignatureVersion ?? '1') as SignatureVersion // checked when it was set

const ALGORITHMS = { '1': 'SHA-1', '2': 'SHA-256' }

/** https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html */
export function stringToSign(members: Signed): string {
  return SIGNED.map(name => (members[name] === undefined ? '' : `${name}\n${members[name]}\n`)).join('')
}

/** Base64 of the RSA signature. It is the same for all subscribers of a topic. */
export async function sign(ctx: Ctx, version: SignatureVersion, members: Signed): Promise<string> {
  const keys = ctx.memory<Map<SignatureVersion, Promise<CryptoKey>>>('sns.keys', () => new Map())
  const key = keys.get(version) ?? importKey(version)
  keys.set(version, key)
  const text = new TextEncoder().encode(stringToSign(members))
  return Buffer.from(await crypto.subtle.sign('RSASSA-PKCS1-v1_5', await key, text)).toString('base64')
}

function importKey(version: SignatureVersion): Promise<CryptoKey> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: ALGORITHMS[version] }
  return crypto.subtle.importKey('pkcs8', Buffer.from(SIGNING_KEY, 'base64'), algorithm, false, ['sign'])
}
