import type { Env } from '../durable-objects/kernel/env.ts'
import { isPrivateHost } from '../durable-objects/shared/private-hosts.ts'

/** Where `<namespace>.<domain>` addresses a namespace, when the launcher or deployment names no other. */
const DEFAULT_DOMAIN = 'fakecloud.localhost'

export const bareHost = (host: string) => host.replace(/:\d+$/, '').toLowerCase()

/** The labels before the domain, nearest first: `a.b.<domain>` gives `['b', 'a']`; undefined for another domain. */
export function labelsUnder(host: string, env: Env): string[] | undefined {
  const domain = env.FAKECLOUD_HOST || DEFAULT_DOMAIN
  const name = bareHost(host)
  if (!name.endsWith(`.${domain}`)) return undefined
  return name
    .slice(0, -domain.length - 1)
    .split('.')
    .reverse()
}

/** What buckets stand before. */
const NO_NAMESPACE = /^s3$/

/**
 * The namespace that a host names: the label next to the domain, `<namespace>.fakecloud.localhost`. A bucket's host
 * stands before it: `<bucket>.s3.<namespace>.fakecloud.localhost`.
 */
export function namespaceOfHost(host: string, env: Env): string | undefined {
  const label = labelsUnder(host, env)?.[0]
  return label !== undefined && NO_NAMESPACE.test(label) ? undefined : label
}

/**
 * Whether a host is one of ours on a developer's machine: an address or a name that only that machine and its network
 * know, or what it was told. A name of somebody else's that leads here is not.
 */
export function isKnownHost(host: string, env: Env): boolean {
  const name = bareHost(host)
  if (isPrivateHost(name) || /^(?:.+\.)?localhost\.localstack\.cloud$/.test(name) || isAwsHost(name)) return true
  if (env.FAKECLOUD_LOCAL !== 'true') return false
  const { FAKECLOUD_HOST: domain, FAKECLOUD_EXTERNAL_URL: url, FAKECLOUD_ALLOWED_HOSTS: allowed = '' } = env
  if (
    allowed
      .toLowerCase()
      .split(',')
      .some(each => isNamedBy(each.trim(), name))
  )
    return true
  if (domain && (name === domain || name.endsWith(`.${domain}`))) return true
  return url !== undefined && URL.canParse(url) && new URL(url).hostname === name
}

/** AWS's own hosts, which whoever resolves them to this machine means us by; not the names that customers' machines have. */
function isAwsHost(name: string): boolean {
  return /(?:^|\.)amazonaws\.com(?:\.cn)?$/.test(name) && !/(?:^|\.)(?:compute(?:-\d)?|elb)\./.test(name)
}

/** `fakecloud.example`, or `*.example` for all names under it. */
function isNamedBy(allowed: string, name: string): boolean {
  return allowed.startsWith('*.') ? name.endsWith(allowed.slice(1)) : allowed === name
}

const LOOPBACK = /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/

/** Whether a page's origin is the host that was asked, or this machine. */
export function isOwnOrigin(origin: string, host: string): boolean {
  if (!URL.canParse(origin)) return false
  const { host: own, hostname } = new URL(origin)
  return own === host.toLowerCase() || LOOPBACK.test(hostname)
}
