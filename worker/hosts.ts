import type { Env } from '../durable-objects/kernel/env.ts'
import { bareHost } from '../aws/namespaces.ts'
import { isPrivateHost } from '../durable-objects/shared/private-hosts.ts'

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
