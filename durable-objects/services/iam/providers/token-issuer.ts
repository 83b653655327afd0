import type { Out } from '../../../../aws/models/iam.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { accountValue, setAccountValue } from '../reports/account-values.ts'

/** The account as an issuer of identity tokens. Its keys stay when it is disabled: its tokens still verify. */
type Issuer = { url: string; enabled: boolean; keys: Record<Algorithm, SigningKey> }
type SigningKey = { id: string; private: JsonWebKey; public: JsonWebKey }
type Algorithm = 'RS256' | 'ES384'

const ISSUER = 'tokenIssuer'
const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
const EC = { name: 'ECDSA', namedCurve: 'P-384' }

const disabled = () =>
  new AwsError('FeatureDisabledException', 'Outbound web identity federation is not enabled for this account.', 404)

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_EnableOutboundWebIdentityFederation.html */
export async function EnableOutboundWebIdentityFederation(
  ctx: Ctx,
): Promise<Out<'EnableOutboundWebIdentityFederation'>> {
  const keys = accountValue<Issuer>(ctx, ISSUER)?.keys ?? { RS256: await newKey('RS256'), ES384: await newKey('ES384') }
  const present = accountValue<Issuer>(ctx, ISSUER)
  if (present?.enabled) {
    const message = 'Outbound web identity federation is already enabled for this account.'
    throw new AwsError('FeatureEnabledException', message, 409)
  }
  const url = present?.url ?? `${ctx.http?.baseUrl ?? ''}/_fakecloud/iam/issuers/${ctx.place.account}`
  ctx.change(tx => setAccountValue(tx, ISSUER, { url, enabled: true, keys: present?.keys ?? keys } satisfies Issuer))
  return { IssuerIdentifier: url }
}

async function newKey(algorithm: Algorithm): Promise<SigningKey> {
  const publicExponent = Uint8Array.of(1, 0, 1)
  const parameters = algorithm === 'RS256' ? { ...RSA, modulusLength: 2048, publicExponent } : EC
  const pair = (await crypto.subtle.generateKey(parameters, true, ['sign', 'verify'])) as CryptoKeyPair // of two keys
  const exported = async (key: CryptoKey) => (await crypto.subtle.exportKey('jwk', key)) as JsonWebKey // as asked
  return { id: crypto.randomUUID(), private: await exported(pair.privateKey), public: await exported(pair.publicKey) }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DisableOutboundWebIdentityFederation.html */
export function DisableOutboundWebIdentityFederation(ctx: Tx): void {
  setAccountValue(ctx, ISSUER, { ...enabledIssuer(ctx), enabled: false })
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOutboundWebIdentityFederationInfo.html */
export function GetOutboundWebIdentityFederationInfo(ctx: Ctx): Out<'GetOutboundWebIdentityFederationInfo'> {
  return { IssuerIdentifier: enabledIssuer(ctx).url, JwtVendingEnabled: true }
}

function enabledIssuer(ctx: Ctx): Issuer {
  const issuer = accountValue<Issuer>(ctx, ISSUER)
  if (!issuer?.enabled) throw disabled()
  return issuer
}

/** What STS, and verifiers of its tokens, ask of the issuer. */
export type IssuerOperations = {
  SignToken: { input: { algorithm: Algorithm; claims: object }; output: { token: string | null } }
  DescribeTokenIssuer: { input: Record<string, never>; output: { url: string; keys: object[] } | undefined }
}

/** Signs claims; null where the account issues no tokens. */
export async function SignToken(
  ctx: Ctx,
  { algorithm: alg, claims }: IssuerOperations['SignToken']['input'],
): Promise<IssuerOperations['SignToken']['output']> {
  const issuer = accountValue<Issuer>(ctx, ISSUER)
  if (!issuer?.enabled) return { token: null }
  const { id, private: secret } = issuer.keys[alg]
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const payload = { iss: issuer.url, ...claims }
  const text = `${part({ alg, kid: id, typ: 'JWT' })}.${part(payload)}`
  const key = await crypto.subtle.importKey('jwk', secret, alg === 'RS256' ? RSA : EC, false, ['sign'])
  const how = alg === 'RS256' ? RSA : { name: 'ECDSA', hash: 'SHA-384' }
  const signature = await crypto.subtle.sign(how, key, new TextEncoder().encode(text))
  return { token: `${text}.${Buffer.from(signature).toString('base64url')}` }
}

/** What verifiers of the account's tokens read: the issuer's URL and its public keys, where it has any. */
export function DescribeTokenIssuer(ctx: Ctx): IssuerOperations['DescribeTokenIssuer']['output'] {
  const issuer = accountValue<Issuer>(ctx, ISSUER)
  if (!issuer) return undefined
  const keys = Object.entries(issuer.keys).map(
    ([
      alg,
      {
        id,
        public: { kty, n, e, crv, x, y },
      },
    ]) => {
      return { kty, kid: id, use: 'sig', alg, ...(kty === 'RSA' ? { n, e } : { crv, x, y }) }
    },
  )
  return { url: issuer.url, keys }
}
