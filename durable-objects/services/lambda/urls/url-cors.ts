import type { Out } from '../../../../aws/models/lambda.types.ts'

export type Cors = NonNullable<Out<'GetFunctionUrlConfig'>['Cors']>

type Headers = [string, string][]

/** The origin to allow, as the answer names it; undefined when it is not allowed. */
function allowed({ AllowOrigins = [] }: Cors, origin: string): string | undefined {
  if (AllowOrigins.includes('*')) return '*'
  return AllowOrigins.some(pattern => matches(pattern, origin)) ? origin : undefined
}

/** `https://*` and `https://*.example.com` stand for more than one origin. */
function matches(pattern: string, origin: string): boolean {
  if (!pattern.includes('*')) return pattern.toLowerCase() === origin.toLowerCase()
  const [head = '', ...rest] = pattern.split('*')
  const tail = rest.join('*')
  return origin.length >= head.length + tail.length && origin.startsWith(head) && origin.endsWith(tail)
}

/** What the answer to any request of an origin gets beside the function's own headers. */
export function corsHeaders(cors: Cors, origin: string): Headers {
  const allow = allowed(cors, origin)
  if (allow === undefined) return []
  return [
    ['access-control-allow-origin', allow],
    ...(allow === '*' ? [] : ([['vary', 'Origin']] satisfies Headers)),
    ...(cors.AllowCredentials ? ([['access-control-allow-credentials', 'true']] satisfies Headers) : []),
    ...listed('access-control-expose-headers', cors.ExposeHeaders),
  ]
}

/** The answer to a browser's question before its request, which never reaches the function. */
export function preflightHeaders(cors: Cors, origin: string): Headers {
  const base = corsHeaders({ ...cors, ExposeHeaders: [] }, origin)
  if (base.length === 0) return []
  return [
    ...base,
    ...listed('access-control-allow-methods', cors.AllowMethods),
    ...listed('access-control-allow-headers', cors.AllowHeaders),
    ...(cors.MaxAge ? ([['access-control-max-age', String(cors.MaxAge)]] satisfies Headers) : []),
  ]
}

function listed(name: string, values: readonly string[] = []): Headers {
  return values.length > 0 ? [[name, values.join(',')]] : []
}
