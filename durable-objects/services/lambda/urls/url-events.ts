/** A request to a function URL, as its object needs it. */
export type UrlRequest = {
  urlId: string
  method: string
  /** Percent-encoded, as sent. */
  rawPath: string
  rawQueryString: string
  /** By lower-case name. */
  headers: Record<string, string>
  body: Uint8Array
  /** The host that was asked, without a port. */
  domainName: string
  sourceIp: string
  /** Whether it carries a signature. */
  signed: boolean
}

/** Who signed a request, for `requestContext.authorizer.iam`. */
export type UrlCaller = { accessKey: string; accountId: string; userArn: string; userId: string }

export type UrlFacts = { requestId: string; traceId: string; now: number; caller?: UrlCaller | undefined }

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `05/Aug/2022:08:14:39 +0000` */
function logTime(now: number): string {
  const [date = '', time = ''] = new Date(now).toISOString().split(/[T.]/)
  const [year, month, day] = date.split('-')
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${time} +0000`
}

/** Types whose bodies a function gets as text; all others come in base64. */
const TEXT_TYPES = ['text', 'application/json', 'application/xml', 'application/javascript']

/**
 * The event of a function URL: payload format 2.0.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-request-payload
 */
export function urlEvent(request: UrlRequest, facts: UrlFacts): Record<string, unknown> {
  const { cookie, ...headers } = request.headers
  const query = queryOf(request.rawQueryString)
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: request.rawPath,
    rawQueryString: request.rawQueryString,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/; */).filter(each => each !== '') }),
    headers: { ...headers, 'x-amzn-trace-id': `Root=${facts.traceId}` },
    ...(query ? { queryStringParameters: query } : {}),
    requestContext: contextOf(request, facts),
    ...bodyOf(request),
  }
}

function contextOf(request: UrlRequest, { requestId, now, caller }: UrlFacts): Record<string, unknown> {
  const { urlId, method, rawPath, sourceIp, headers, domainName } = request
  return {
    accountId: caller?.accountId ?? 'anonymous',
    apiId: urlId,
    ...(caller ? { authentication: null, authorizer: { iam: authorizerOf(caller) } } : {}),
    domainName,
    domainPrefix: urlId,
    http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp, userAgent: headers['user-agent'] ?? '' },
    requestId,
    routeKey: '$default',
    stage: '$default',
    time: logTime(now),
    timeEpoch: now,
  }
}

function authorizerOf({ accessKey, accountId, userArn, userId }: UrlCaller): Record<string, unknown> {
  return { accessKey, accountId, callerId: userId, cognitoIdentity: null, principalOrgId: null, userArn, userId }
}

/** Decoded; the values of a name that comes more than once are joined by commas. */
function queryOf(raw: string): Record<string, string> | undefined {
  if (raw === '') return undefined
  const query = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(raw)) {
    const before = query.get(name)
    query.set(name, before === undefined ? value : `${before},${value}`)
  }
  return Object.fromEntries(query)
}

function bodyOf({ body, headers }: UrlRequest): { body?: string; isBase64Encoded: boolean } {
  if (body.byteLength === 0) return { isBase64Encoded: false }
  const type = (headers['content-type'] ?? '').toLowerCase()
  const text = TEXT_TYPES.some(each => type.includes(each)) ? utf8(body) : undefined
  if (text !== undefined) return { body: text, isBase64Encoded: false }
  return { body: Buffer.from(body).toString('base64'), isBase64Encoded: true }
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
