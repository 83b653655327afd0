import type { Access } from '../../../shared/policy-access.ts'
import { rootArn } from '../../../../aws/arn.ts'
import type { Ctx, ResourcePolicy } from '../../../kernel/object/operation.ts'
import { evaluateResourcePolicy } from '../../../shared/policy.ts'
import { functionArn } from '../functions/names.ts'
import { policyText } from '../settings/permissions.ts'
import type { UrlCaller, UrlRequest } from './url-events.ts'

export type UrlTarget = { name: string; qualifier: string; authType: string }

type UrlRow = { name: string; qualifier: string; config: string }

const urlRow = (ctx: Ctx, urlId: unknown) =>
  ctx.sql.first<UrlRow>('SELECT name, qualifier, config FROM lambda_function_urls WHERE id = ?', String(urlId))

/** What a request to a URL asks of its caller's policies, beside the function's own. */
export function urlAccess(ctx: Ctx, { urlId }: Record<string, unknown>): readonly Access[] | 'open' | undefined {
  if (ctx.operation !== 'InvokeFunctionUrl') return undefined
  const row = urlRow(ctx, urlId)
  const { AuthType } = row ? (JSON.parse(row.config) as { AuthType: string }) : { AuthType: 'NONE' } // by function-urls.ts
  if (!row || AuthType !== 'AWS_IAM') return 'open'
  const resource = functionArn(ctx.place, row.name, row.qualifier || undefined)
  const context = { 'lambda:FunctionUrlAuthType': AuthType, 'lambda:InvokedViaFunctionUrl': 'true' }
  return ACTIONS.map(action => ({ action, resource, context }))
}

/** The policy of the function, or of the qualifier, that a URL is of. */
export function urlPolicy(ctx: Ctx, { urlId }: Record<string, unknown>): ResourcePolicy | undefined {
  const row = urlRow(ctx, urlId)
  if (!row) return undefined
  const resource = functionArn(ctx.place, row.name, row.qualifier || undefined)
  return { document: policyText(ctx, row.name, row.qualifier), resource, action: 'lambda:InvokeFunctionUrl' }
}

/** What a URL's caller needs: the right to the URL, and to the function through it. */
const ACTIONS = ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction']

/**
 * Why a request may not have the function; undefined when it may. A URL without authentication is open to whom the
 * function's policy opens it; one with IAM to signed requests, of other accounts only where the policy says so.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
 */
export function urlRefusal(ctx: Ctx, target: UrlTarget, caller: UrlCaller | undefined): string | undefined {
  const iam = target.authType === 'AWS_IAM'
  if (iam && !caller) return 'the request is not signed'
  const resource = functionArn(ctx.place, target.name, target.qualifier || undefined)
  const document = policyText(ctx, target.name, target.qualifier)
  const principal = iam && caller ? { aws: caller.userArn, role: roleOf(ctx) } : {}
  const context = { 'lambda:FunctionUrlAuthType': target.authType, 'lambda:InvokedViaFunctionUrl': 'true' }
  const own = iam && caller?.accountId === ctx.place.account
  for (const action of ACTIONS) {
    const decision = evaluateResourcePolicy(document, { action, resource, principal, context })
    if (decision === 'deny') return `the function's policy denies ${action}`
    if (decision === 'none' && !own) return `no statement of the function's policy allows ${action}`
  }
  return undefined
}

const roleOf = ({ caller: { session } }: Ctx) => (session?.kind === undefined ? session?.roleArn : undefined)

/** Who signed a request; undefined when nobody did. */
export async function urlCaller(ctx: Ctx, { signed }: UrlRequest): Promise<UrlCaller | undefined> {
  const { accessKeyId, accountId } = ctx.caller
  if (!signed || accessKeyId === undefined) return undefined
  const { Arn, UserId, Account } = await ctx.call('sts', 'GetCallerIdentity', {})
  const userArn = Arn ?? rootArn(accountId)
  return { accessKey: accessKeyId, accountId: Account ?? accountId, userArn, userId: UserId ?? accountId }
}
