import { createHash } from 'node:crypto'
import type { In, Out } from '../../../aws/models/sts.types.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import { AwsError } from '../../../aws/errors.ts'
import type { ContextValues } from '../../shared/policy-statement.ts'
import { durationOf, sessionOf } from './assume-role.ts'
import { type Assertion, readAssertion } from './saml-assertion.ts'
import { sessionPolicies } from './session-policies.ts'
import { sessionTags } from './session-tags.ts'
import { roleOf, trustsFederated } from './trust.ts'

const ACTION = 'sts:AssumeRoleWithSAML'
const ATTRIBUTES = 'https://aws.amazon.com/SAML/Attributes/'

const invalid = (message: string) => new AwsError('InvalidIdentityTokenException', message)
const notAuthorized = () => new AwsError('AccessDenied', `Not authorized to perform ${ACTION}`, 403)

/**
 * The assertion's signature is not checked; its provider, issuer, time, role and the trust policy's conditions are.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
 */
export async function AssumeRoleWithSAML(
  ctx: Ctx,
  input: In<'AssumeRoleWithSAML'>,
): Promise<Out<'AssumeRoleWithSAML'>> {
  const assertion = readAssertion(input.SAMLAssertion)
  if (assertion.until !== undefined && assertion.until <= ctx.now) {
    throw new AwsError('ExpiredTokenException', 'Token must be redeemed within 5 minutes of issuance')
  }
  const name = attribute(assertion, 'RoleSessionName')
  if (!name || !/^[\w+=,.@-]{2,64}$/.test(name)) throw invalid('RoleSessionName is required in AuthnResponse')
  const role = await roleOf(ctx, input.RoleArn)
  if (!role || !names(assertion, input)) throw notAuthorized()
  await checkProvider(ctx, input.PrincipalArn, assertion)
  const { tags, transitive } = sessionTags(tagsOf(assertion), undefined)
  const qualifier = qualifierOf(assertion, input.PrincipalArn)
  const tagged = Object.keys(tags).length > 0
  const context = contextOf(ctx, assertion, qualifier)
  if (!trustsFederated(role, ACTION, { provider: input.PrincipalArn, context, tagged })) throw notAuthorized()
  const policies = await sessionPolicies(ctx, input, role.account)
  const seconds = durationOf(role, input.DurationSeconds ?? durationStated(assertion))
  const sourceIdentity = attribute(assertion, 'SourceIdentity')
  const session = {
    name,
    seconds,
    ...policies,
    tags,
    transitive,
    ...(sourceIdentity && { sourceIdentity }),
    context: { 'aws:FederatedProvider': input.PrincipalArn },
  }
  return {
    ...sessionOf(ctx, role, session),
    Subject: assertion.subject,
    SubjectType: assertion.subjectType,
    Issuer: assertion.issuer,
    Audience: assertion.audience,
    NameQualifier: qualifier,
  }
}

const attribute = ({ attributes }: Assertion, name: string) => attributes.get(ATTRIBUTES + name)?.[0]

/** Whether the assertion offers the role with the provider, in either order. */
function names({ attributes }: Assertion, { RoleArn, PrincipalArn }: In<'AssumeRoleWithSAML'>): boolean {
  const pairs = (attributes.get(`${ATTRIBUTES}Role`) ?? []).map(pair => pair.split(',').map(arn => arn.trim()))
  return pairs.some(pair => pair.length === 2 && pair.includes(RoleArn) && pair.includes(PrincipalArn))
}

function tagsOf({ attributes }: Assertion) {
  const Tags = [...attributes].flatMap(([name, [Value = '']]) => {
    const Key = name.startsWith(`${ATTRIBUTES}PrincipalTag:`) ? name.slice(`${ATTRIBUTES}PrincipalTag:`.length) : ''
    return Key === '' ? [] : [{ Key, Value }]
  })
  return { Tags, TransitiveTagKeys: attributes.get(`${ATTRIBUTES}TransitiveTagKeys`) ?? [] }
}

function durationStated(assertion: Assertion): number | undefined {
  const stated = Number(attribute(assertion, 'SessionDuration'))
  return stated >= 900 && stated <= 43_200 ? stated : undefined
}

async function checkProvider(ctx: Ctx, arn: string, { issuer }: Assertion): Promise<void> {
  const account = arn.split(':')[4] ?? ''
  // The caller has no credentials: IAM is asked in STS's own name.
  const to = { place: { account }, caller: { accountId: account, service: 'sts.amazonaws.com' } }
  try {
    const { SAMLMetadataDocument = '' } = await ctx.call('iam', 'GetSAMLProvider', { SAMLProviderArn: arn }, to)
    const entity = /\sentityID="([^"]*)"/.exec(SAMLMetadataDocument)?.[1]
    if (entity !== issuer) throw invalid('Issuer not present in specified provider')
  } catch (error) {
    if (!(error instanceof AwsError) || !/^(?:NoSuchEntity|InvalidInput)/.test(error.code)) throw error
    throw invalid("Specified provider doesn't exist")
  }
}

/** A hash of issuer, account and provider, which with the subject names a user for good. */
function qualifierOf({ issuer }: Assertion, providerArn: string): string {
  const account = providerArn.split(':')[4] ?? ''
  const provider = providerArn.slice(providerArn.lastIndexOf('/'))
  return createHash('sha1').update(`${issuer}${account}${provider}`).digest('base64')
}

function contextOf(ctx: Ctx, assertion: Assertion, qualifier: string): ContextValues {
  const { Tags } = tagsOf(assertion)
  return {
    'saml:aud': assertion.audience,
    'saml:iss': assertion.issuer,
    'saml:sub': assertion.subject,
    'saml:sub_type': assertion.subjectType,
    'saml:namequalifier': qualifier,
    'aws:CurrentTime': new Date(ctx.now).toISOString(),
    ...(ctx.http && { 'aws:SourceIp': ctx.http.sourceIp }),
    ...(Tags.length > 0 && { 'aws:TagKeys': Tags.map(({ Key }) => Key) }),
    ...Object.fromEntries(Tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value])),
  }
}
