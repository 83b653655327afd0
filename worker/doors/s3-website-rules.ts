import type { RoutingRule, WebsiteConfiguration } from '../../aws/models/s3.types.ts'

/** A request to a website: what it asks for, and the site's root as it was addressed, without a trailing slash. */
export type SiteRequest = { root: string; key: string }

export type Redirection = { status: number; location: string }

/** Where all requests of a site go, if they do. */
export function redirectAll(site: WebsiteConfiguration, request: SiteRequest): Redirection | undefined {
  const all = site.RedirectAllRequestsTo
  if (!all) return undefined
  return {
    status: 301,
    location: `${all.Protocol ?? protocolOf(request)}://${all.HostName}/${encodePath(request.key)}`,
  }
}

/** Where the first rule that fits sends a request; `error` is the status that its object answered, when it did. */
export function redirectByRule(
  site: WebsiteConfiguration,
  request: SiteRequest,
  error?: number,
): Redirection | undefined {
  const rule = site.RoutingRules?.find(each => fits(each, request.key, error))
  if (!rule) return undefined
  const { HostName, Protocol, HttpRedirectCode, ReplaceKeyWith, ReplaceKeyPrefixWith } = rule.Redirect
  const prefix = rule.Condition?.KeyPrefixEquals ?? ''
  const replaced =
    ReplaceKeyPrefixWith === undefined ? request.key : ReplaceKeyPrefixWith + request.key.slice(prefix.length)
  const key = ReplaceKeyWith ?? replaced
  const where = HostName ?? request.root.replace(/^\w+:\/\//, '')
  const root = `${Protocol ?? protocolOf(request)}://${where}`
  return { status: Number(HttpRedirectCode ?? 301), location: `${root}/${encodePath(key)}` }
}

const protocolOf = ({ root }: SiteRequest) => root.slice(0, root.indexOf(':'))

function fits({ Condition }: RoutingRule, key: string, error: number | undefined): boolean {
  const { KeyPrefixEquals = '', HttpErrorCodeReturnedEquals: code } = Condition ?? {}
  return key.startsWith(KeyPrefixEquals) && (code === undefined ? error === undefined : code === String(error))
}

export function encodePath(key: string): string {
  return key.toWellFormed().split('/').map(encodeURIComponent).join('/')
}

/** The page that a site without an error document shows. */
export function errorPage(error: { status: number; code: string; message: string; requestId: string }): string {
  const { status, code, message, requestId } = error
  const title = `${status} ${TITLES[status] ?? 'Error'}`
  const items = [`Code: ${code}`, `Message: ${message}`, `RequestId: ${requestId}`]
  const list = items.map(item => `<li>${escapeHtml(item)}</li>`).join('\n')
  return `<html>\n<head><title>${title}</title></head>\n<body>\n<h1>${title}</h1>\n<ul>\n${list}\n</ul>\n<hr/>\n</body>\n</html>\n`
}

const TITLES: Record<number, string> = { 403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed' }

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
