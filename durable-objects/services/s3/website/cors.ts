import type { CORSConfiguration, CORSRule } from '../../../../aws/models/s3.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { bucketRow } from '../buckets/bucket.ts'
import { invalidRequest, malformedXml } from '../configurations/configuration-handlers.ts'
import { configurationOf } from '../configurations/configuration.ts'

const METHODS = ['GET', 'PUT', 'HEAD', 'POST', 'DELETE']

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketCors.html */
export function checkCors({ CORSRules }: CORSConfiguration): void {
  if (CORSRules.length < 1 || CORSRules.length > 100) throw malformedXml()
  for (const rule of CORSRules) checkRule(rule)
}

function checkRule({
  ID = '',
  AllowedMethods,
  AllowedOrigins,
  AllowedHeaders = [],
  ExposeHeaders = [],
}: CORSRule): void {
  if (ID.length > 255 || AllowedMethods.length < 1 || AllowedOrigins.length < 1) throw malformedXml()
  const unsupported = AllowedMethods.find(method => !METHODS.includes(method))
  if (unsupported !== undefined) {
    throw invalidRequest(`Found unsupported HTTP method in CORS config. Unsupported method is ${unsupported}`)
  }
  const twice = (value: string) => value.split('*').length > 2
  const origin = AllowedOrigins.find(twice)
  if (origin !== undefined) throw invalidRequest(`AllowedOrigin "${origin}" can not have more than one wildcard.`)
  const header = AllowedHeaders.find(twice)
  if (header !== undefined) throw invalidRequest(`AllowedHeader "${header}" can not have more than one wildcard.`)
  const exposed = ExposeHeaders.find(value => value.includes('*'))
  if (exposed !== undefined) {
    const message = `ExposeHeader "${exposed}" contains wildcard. We currently do not support wildcard for ExposeHeader.`
    throw invalidRequest(message)
  }
}

/** What a browser asks. `headers` are those that a preflight names. */
export type CorsRequest = { origin: string; method: string; headers: readonly string[] }

/** The first rule that lets the request be made. */
export function corsRuleFor(rules: readonly CORSRule[], request: CorsRequest): CORSRule | undefined {
  return rules.find(
    rule =>
      rule.AllowedOrigins.some(origin => wildcardMatches(origin, request.origin)) &&
      rule.AllowedMethods.includes(request.method) &&
      request.headers.every(header => rule.AllowedHeaders?.some(allowed => headerMatches(allowed, header))),
  )
}

const headerMatches = (allowed: string, header: string) => wildcardMatches(allowed.toLowerCase(), header.toLowerCase())

/** A pattern with at most one `*`. */
function wildcardMatches(pattern: string, text: string): boolean {
  const star = pattern.indexOf('*')
  if (star < 0) return pattern === text
  const [start, end] = [pattern.slice(0, star), pattern.slice(star + 1)]
  return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end)
}

/** The headers by which a browser may use the answer. */
export function corsHeaders(rule: CORSRule, request: CorsRequest): Record<string, string> {
  // A rule for everyone answers so; a browser then sends no credentials.
  const everyone = rule.AllowedOrigins.find(origin => wildcardMatches(origin, request.origin)) === '*'
  const { ExposeHeaders = [], MaxAgeSeconds } = rule
  return {
    'access-control-allow-origin': everyone ? '*' : request.origin,
    ...(!everyone && { 'access-control-allow-credentials': 'true' }),
    'access-control-allow-methods': rule.AllowedMethods.join(', '),
    ...(request.headers.length > 0 && {
      'access-control-allow-headers': request.headers.map(header => header.toLowerCase()).join(', '),
    }),
    ...(ExposeHeaders.length > 0 && { 'access-control-expose-headers': ExposeHeaders.join(', ') }),
    ...(MaxAgeSeconds !== undefined && { 'access-control-max-age': String(MaxAgeSeconds) }),
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  }
}

/** CORS headers of an ordinary request that a browser's page made. */
export function answerHeaders(ctx: Ctx): Record<string, string> | undefined {
  const origin = ctx.http?.origin
  if (origin === undefined || ctx.resource === undefined || bucketRow(ctx)?.state !== 'ready') return undefined
  const rules = configurationOf<CORSConfiguration>(ctx, 'cors')?.CORSRules
  const request = { origin, method: methodOf(ctx.operation), headers: [] }
  const rule = rules && corsRuleFor(rules, request)
  return rule && corsHeaders(rule, request)
}

const POSTS = new Set([
  'CompleteMultipartUpload',
  'CreateMultipartUpload',
  'DeleteObjects',
  'PostObject',
  'RestoreObject',
  'SelectObjectContent',
])

/** The HTTP method by which S3's operations come. */
function methodOf(operation: string): string {
  if (POSTS.has(operation)) return 'POST'
  if (/^(?:Get|List)/.test(operation)) return 'GET'
  if (operation.startsWith('Head')) return 'HEAD'
  return /^(?:Delete|Abort)/.test(operation) ? 'DELETE' : 'PUT'
}

/** What is answered to a preflight, whose `headers` are a list as the browser sent it: headers, or why not. */
export type PreflightOperations = {
  CheckPreflight: {
    input: { origin: string; method: string; headers: string }
    output: { headers: Record<string, string> } | { refused: string }
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/RESTOPTIONSobject.html */
export function CheckPreflight(
  ctx: Ctx,
  { origin, method, headers }: PreflightOperations['CheckPreflight']['input'],
): PreflightOperations['CheckPreflight']['output'] {
  const rules =
    bucketRow(ctx)?.state === 'ready' ? configurationOf<CORSConfiguration>(ctx, 'cors')?.CORSRules : undefined
  if (!rules) return { refused: 'CORSResponse: CORS is not enabled for this bucket.' }
  const names = headers.split(',').map(name => name.trim())
  const request = { origin, method, headers: names.filter(name => name !== '') }
  const rule = corsRuleFor(rules, request)
  if (rule) return { headers: corsHeaders(rule, request) }
  return {
    refused:
      "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
  }
}
