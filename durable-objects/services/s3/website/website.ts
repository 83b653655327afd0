import type { RoutingRule, WebsiteConfiguration } from '../../../../aws/models/s3.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { bucketRow } from '../buckets/bucket.ts'
import { invalidArgument, invalidRequest, malformedXml } from '../configurations/configuration-handlers.ts'
import { configurationOf } from '../configurations/configuration.ts'

const PROTOCOLS = ['http', 'https']
const MOST_RULES = 50

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketWebsite.html */
export function checkWebsite(website: WebsiteConfiguration): void {
  const { RedirectAllRequestsTo, IndexDocument, ErrorDocument, RoutingRules } = website
  if (RedirectAllRequestsTo) {
    if (IndexDocument || ErrorDocument || RoutingRules) {
      throw invalidArgument(
        'RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.',
        'RedirectAllRequestsTo',
        'not null',
      )
    }
    checkProtocol(RedirectAllRequestsTo.Protocol)
    return
  }
  if (!IndexDocument) {
    const message = 'A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty'
    throw invalidArgument(message, 'IndexDocument', 'null')
  }
  if (IndexDocument.Suffix === '' || IndexDocument.Suffix.includes('/')) {
    throw invalidArgument('The IndexDocument Suffix is not well formed', 'IndexDocument', IndexDocument.Suffix)
  }
  if (ErrorDocument?.Key === '') throw malformedXml()
  checkRules(RoutingRules)
}

function checkRules(rules: readonly RoutingRule[] | undefined): void {
  if (!rules) return
  if (rules.length < 1) throw malformedXml()
  if (rules.length > MOST_RULES) {
    throw invalidRequest(
      `${rules.length} routing rules provided, the number of routing rules in a website configuration is limited to ${MOST_RULES}.`,
    )
  }
  for (const rule of rules) checkRule(rule)
}

function checkRule({ Condition, Redirect }: RoutingRule): void {
  if (Condition && Condition.HttpErrorCodeReturnedEquals === undefined && Condition.KeyPrefixEquals === undefined) {
    throw invalidRequest(
      "Condition cannot be empty. To redirect all requests without a condition, the condition element shouldn't be present.",
    )
  }
  const error = Condition?.HttpErrorCodeReturnedEquals
  if (error !== undefined && !/^[45]\d\d$/.test(error)) {
    throw invalidRequest(`The provided HTTP error code (${error}) is not valid. Valid codes are 4XX or 5XX.`)
  }
  const { HttpRedirectCode, ReplaceKeyPrefixWith, ReplaceKeyWith } = Redirect
  if (ReplaceKeyPrefixWith !== undefined && ReplaceKeyWith !== undefined) {
    throw invalidRequest('You can only define ReplaceKeyPrefix or ReplaceKey but not both.')
  }
  if (HttpRedirectCode !== undefined && !/^3(?!00)\d\d$/.test(HttpRedirectCode)) {
    throw invalidRequest(
      `The provided HTTP redirect code (${HttpRedirectCode}) is not valid. Valid codes are 3XX except 300.`,
    )
  }
  checkProtocol(Redirect.Protocol)
}

function checkProtocol(protocol: string | undefined): void {
  if (protocol === undefined || PROTOCOLS.includes(protocol)) return
  throw invalidRequest(
    'Invalid protocol, protocol can be http or https. If not defined the protocol will be selected automatically.',
  )
}

/** What the door of websites asks of a bucket, where there is one. */
export type WebsiteOperations = {
  DescribeWebsite: {
    input: Record<string, never>
    output: { owner: string; website: WebsiteConfiguration | undefined } | undefined
  }
}

export function DescribeWebsite(ctx: Ctx): WebsiteOperations['DescribeWebsite']['output'] {
  const row = ctx.resource === undefined ? undefined : bucketRow(ctx)
  if (row?.state !== 'ready') return undefined
  return { owner: row.owner, website: configurationOf<WebsiteConfiguration>(ctx, 'website') }
}
