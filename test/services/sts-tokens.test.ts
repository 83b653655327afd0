import { createPublicKey, verify } from 'node:crypto'
import {
  AttachUserPolicyCommand,
  DisableOutboundWebIdentityFederationCommand,
  EnableOutboundWebIdentityFederationCommand,
  GetOutboundWebIdentityFederationInfoCommand,
  ListPoliciesGrantingServiceAccessCommand,
  TagUserCommand,
} from '@aws-sdk/client-iam'
import { GetWebIdentityTokenCommand, STSClient } from '@aws-sdk/client-sts'
import { expect, test } from 'vitest'
import { ACCOUNT, enforcing, policy, type Somebody } from '../support/enforcing.ts'
import { refusal } from '../support/sqs.ts'

type Claims = Record<string, unknown> & { iss: string }
type KeySet = { keys: (JsonWebKey & { kid: string; alg: string })[] }

const partOf = (token: string, at: number) =>
  JSON.parse(Buffer.from(token.split('.')[at] ?? '', 'base64url').toString()) as Record<string, string>

/** What a verifier outside does: reads the issuer's configuration, finds the key, checks the signature. */
async function verified(token: string): Promise<Claims> {
  const { kid, alg } = partOf(token, 0)
  const claims = partOf(token, 1) as Claims // a token's claims
  const read = async <T>(url: string) => (await (await fetch(url)).json()) as T // OpenID Connect's own shapes
  const configuration = await read<{ issuer: string; jwks_uri: string }>(
    `${claims.iss}/.well-known/openid-configuration`,
  )
  expect(configuration.issuer).toBe(claims.iss)
  const { keys } = await read<KeySet>(configuration.jwks_uri)
  const jwk = keys.find(key => key.kid === kid)
  expect(jwk).toMatchObject({ alg, use: 'sig' })
  expect(jwk).not.toHaveProperty('d')
  const key = createPublicKey({ key: jwk ?? {}, format: 'jwk' })
  const [head = '', body = '', signature = ''] = token.split('.')
  const how = { key, dsaEncoding: 'ieee-p1363' } as const
  const digest = alg === 'ES384' ? 'sha384' : 'sha256'
  const check = (text: string) => verify(digest, Buffer.from(text), how, Buffer.from(signature, 'base64url'))
  expect([check(`${head}.${body}`), check(`${head}.${body}x`)]).toEqual([true, false])
  return claims
}

const token = async (who: Somebody, more: object = {}) => {
  const input = { Audience: ['https://api.example.com'], SigningAlgorithm: 'RS256', ...more }
  return who.client(STSClient).send(new GetWebIdentityTokenCommand(input))
}

test('an account issues identity tokens that anybody can verify, once that is enabled', async () => {
  const { root, user } = await enforcing()
  const alice = await user(
    'alice',
    policy({ Action: ['sts:GetWebIdentityToken', 'sts:TagGetWebIdentityToken'], Resource: '*' }),
  )
  await root.send(new TagUserCommand({ UserName: 'alice', Tags: [{ Key: 'team', Value: 'red' }] }))
  expect(await refusal(token(alice))).toMatch(/^OutboundWebIdentityFederationDisabledException: /)
  expect(await refusal(root.send(new GetOutboundWebIdentityFederationInfoCommand({})))).toMatch(/^FeatureDisabled/)
  const { IssuerIdentifier } = await root.send(new EnableOutboundWebIdentityFederationCommand({}))
  expect(await refusal(root.send(new EnableOutboundWebIdentityFederationCommand({})))).toMatch(/^FeatureEnabled/)
  expect(await root.send(new GetOutboundWebIdentityFederationInfoCommand({}))).toMatchObject({
    IssuerIdentifier,
    JwtVendingEnabled: true,
  })
  for (const SigningAlgorithm of ['RS256', 'ES384']) {
    const given = await token(alice, { SigningAlgorithm, DurationSeconds: 600, Tags: [{ Key: 'job', Value: '7' }] })
    const claims = await verified(given.WebIdentityToken ?? '')
    expect(claims).toMatchObject({
      iss: IssuerIdentifier,
      aud: 'https://api.example.com',
      sub: alice.arn,
      'https://sts.amazonaws.com/': {
        aws_account: ACCOUNT,
        source_region: 'us-east-1',
        principal_id: alice.arn,
        principal_tags: { team: 'red' },
        request_tags: { job: '7' },
      },
    })
    expect(Number(claims.exp) - Number(claims.iat)).toBe(600)
    expect(given.Expiration?.getTime()).toBe(Number(claims.exp) * 1000)
  }
  expect(await refusal(token(alice, { SigningAlgorithm: 'HS256' }))).toMatch(/^ValidationError: /)
  await root.send(new DisableOutboundWebIdentityFederationCommand({}))
  expect(await refusal(token(alice))).toMatch(/^OutboundWebIdentityFederationDisabledException: /)
})

test('who may have a token, and for whom, policies say', async () => {
  const { root, user } = await enforcing()
  await root.send(new EnableOutboundWebIdentityFederationCommand({}))
  const Condition = {
    'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': 'https://api.example.com' },
    NumericLessThanEquals: { 'sts:DurationSeconds': 300 },
  }
  const alice = await user('alice', policy({ Action: 'sts:GetWebIdentityToken', Resource: '*', Condition }))
  const short = { DurationSeconds: 300 }
  expect((await token(alice, short)).WebIdentityToken).toMatch(/^ey/)
  expect(await refusal(token(alice, { ...short, Audience: ['https://eve.example'] }))).toContain('AccessDenied: ')
  expect(await refusal(token(alice, { DurationSeconds: 900 }))).toContain('AccessDenied: ')
  expect(await refusal(token(await user('bob')))).toContain('AccessDenied: ')
})

test('the policies that grant a service are told, inline and managed', async () => {
  const { root, user } = await enforcing('off')
  const alice = await user('alice', policy({ Action: ['s3:Get*', 'sqs:*'], Resource: '*' }))
  const PolicyArn = 'arn:aws:iam::aws:policy/AmazonSQSFullAccess'
  await root.send(new AttachUserPolicyCommand({ UserName: 'alice', PolicyArn }))
  const ask = { Arn: alice.arn, ServiceNamespaces: ['sqs', 's3', 'iam'] }
  const { PoliciesGrantingServiceAccess } = await root.send(new ListPoliciesGrantingServiceAccessCommand(ask))
  const own = { PolicyName: 'own', PolicyType: 'INLINE', EntityType: 'USER', EntityName: 'alice' }
  expect(PoliciesGrantingServiceAccess).toEqual([
    {
      ServiceNamespace: 'sqs',
      Policies: [own, { PolicyName: 'AmazonSQSFullAccess', PolicyType: 'MANAGED', PolicyArn }],
    },
    { ServiceNamespace: 's3', Policies: [own] },
    { ServiceNamespace: 'iam', Policies: [] },
  ])
  const nobody = { ...ask, Arn: `${alice.arn}2` }
  expect(await refusal(root.send(new ListPoliciesGrantingServiceAccessCommand(nobody)))).toMatch(
    /^NoSuchEntityException/,
  )
})
