import { connect } from 'cloudflare:sockets'
import { WorkerEntrypoint } from 'cloudflare:workers'
import { OUT_HEADER, outMark } from '../../durable-objects/kernel/http-out/http-out.ts'
import { HOST_HEADER, INTERNAL_HEADER, NAMESPACE_HEADER } from '../../durable-objects/shared/functions/contract.ts'
import { hasEnded } from './ended.ts'
import type { HostEnv } from './host-env.ts'

/** What the host knows of a sandbox when it makes its way out. */
export type OutboundProps = {
  sandboxId: string
  namespace: string
  /** Says to the emulator whose its requests are. */
  token: string
  internet: boolean
  /** Scheme and host of the addresses that the emulator hands out. */
  origins: string[]
  /** Hosts of the function's own AWS_ENDPOINT_URL variables. */
  endpoints: string[]
}

/**
 * Every fetch, request and socket of a function leaves through here: AWS's hosts and the emulator's own are answered by
 * the emulator, inside the function's namespace; the rest goes to the internet where that is allowed.
 */
export class Outbound extends WorkerEntrypoint<HostEnv, OutboundProps> {
  override async fetch(request: Request): Promise<Response> {
    const url = new URL(request.url)
    const { props } = this.ctx
    if (hasEnded(props.sandboxId)) throw new Error('The function has ended')
    if (isEmulated(url, props, this.env)) return await this.env.EMULATOR.fetch(inward(request, url, props))
    if (!props.internet) throw new Error(`getaddrinfo ENOTFOUND ${url.hostname}`)
    try {
      return await fetch(outward(request, this.env, props.namespace))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new Error(`connect ECONNREFUSED ${url.host} (${reason})`, { cause: error })
    }
  }

  /**
   * Sockets go where they want on this side of AWS: to databases and the like. What speaks to AWS or to us speaks HTTP,
   * which comes as a fetch, and is answered inside the function's namespace; a socket would come as a stranger.
   */
  override async connect(socket: Socket): Promise<void> {
    const { localAddress: target = '' } = await socket.opened
    if (hasEnded(this.ctx.props.sandboxId)) throw new Error('The function has ended')
    const { hostname, host, port } = urlOf(target)
    if (isOurs({ hostname, port }, this.env, this.ctx.props.origins)) throw new Error(`connect ECONNREFUSED ${host}`)
    if (isAwsHost(hostname) || !this.ctx.props.internet) throw new Error(`getaddrinfo ENOTFOUND ${hostname}`)
    const outside = connect(target, { secureTransport: 'off', allowHalfOpen: true })
    await Promise.all([socket.readable.pipeTo(outside.writable), outside.readable.pipeTo(socket.writable)])
  }
}

/** A socket's target, its host in the one form that an HTTP URL gives to all ways to write an address. */
function urlOf(target: string): { hostname: string; host: string; port: string } {
  const { hostname, host, port } = new URL(`http://${target}`)
  return { hostname, host, port: port || '80' }
}

/**
 * The request as the emulator's router takes it: to its own address, with the host that was meant beside it. A function
 * says nothing of the inside; what it says of the namespace is the router's to judge.
 */
function inward(request: Request, url: URL, { token }: OutboundProps): Request {
  const { method, body, signal } = request
  const headers = new Headers(request.headers)
  for (const [name] of request.headers) {
    if (name.startsWith('x-fakecloud-') && name !== NAMESPACE_HEADER) headers.delete(name)
  }
  headers.set(INTERNAL_HEADER, token)
  headers.set(HOST_HEADER, url.host)
  const target = `http://${url.host}${url.pathname}${url.search}`
  return new Request(target, { method, headers, body, signal, redirect: 'manual' })
}

/** What leaves says where from: should it come back to us by a name that is not known for ours, it is let in nowhere else. */
function outward(request: Request, env: HostEnv, namespace: string): Request {
  const headers = new Headers(request.headers)
  headers.set(OUT_HEADER, outMark(env, namespace))
  return new Request(request, { headers, redirect: 'manual' })
}

const AWS_HOSTS = [
  /(^|\.)amazonaws\.com(\.cn)?$/,
  /\.api\.aws$/,
  /\.on\.aws$/,
  /(^|\.)aws\.amazon\.com$/,
  /\.amazoncognito\.com$/,
  /\.cloudfront\.net$/,
  /(^|\.)localhost\.localstack\.cloud$/,
  /^localstack$/,
  // Credentials and metadata of the machine.
  /^169\.254\./,
]

/** What everybody writes for the emulator's port. */
const USUAL_PORT = '4566'
const WEB_PORTS = ['80', '443']

type Address = { hostname: string; port: string }
type Ours = Pick<HostEnv, 'FAKECLOUD_PORT' | 'FAKECLOUD_HOST' | 'FAKECLOUD_EXTERNAL_URL'>

type Known = Pick<OutboundProps, 'origins' | 'endpoints'>

export function isEmulated(url: URL, { origins, endpoints }: Known, env: Ours): boolean {
  const { hostname, host } = url
  return isAwsHost(hostname) || endpoints.includes(host) || isOurs({ hostname, port: portOf(url) }, env, origins)
}

const portOf = ({ port, protocol }: URL) => port || (protocol === 'https:' ? '443' : '80')

function isAwsHost(hostname: string): boolean {
  return AWS_HOSTS.some(pattern => pattern.test(hostname))
}

/**
 * Whether an address is the emulator's. This machine has many names, its own and those that somebody's DNS gives it, so
 * that our port is ours whatever the host; only where it is one of the web's do other hosts have it too.
 */
function isOurs({ hostname, port }: Address, env: Ours, origins: readonly string[]): boolean {
  const name = hostname.replace(/\.$/, '')
  const { FAKECLOUD_HOST: domain, FAKECLOUD_EXTERNAL_URL: root, FAKECLOUD_PORT: own } = env
  if (domain && (name === domain || name.endsWith(`.${domain}`))) return true
  const roots = [root ?? '', ...origins].filter(each => URL.canParse(each)).map(each => new URL(each))
  const found = roots.filter(each => portOf(each) === port)
  if (found.some(each => each.hostname === name || (isThisMachine(each.hostname) && isThisMachine(name)))) return true
  if (port !== own) return port === USUAL_PORT && isThisMachine(name)
  return !WEB_PORTS.includes(port) || isThisMachine(name)
}

/** IPv4 addresses as a URL has them, however they were written; `::ffff:127.0.0.1` is `[::ffff:7f00:1]` there. */
const LOOPBACK = /^(?:127\.|0\.0\.0\.0$|\[::1?\]$|\[::ffff:(?:7f[\da-f]{2}:[\da-f]+|0:0)\]$)/

function isThisMachine(name: string): boolean {
  return /(?:^|\.)localhost$/.test(name) || name === 'host.docker.internal' || LOOPBACK.test(name)
}

/** The hosts that a function's AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_<SERVICE> name. */
export function endpointHosts(environment: Record<string, string>): string[] {
  const urls = Object.entries(environment).filter(([name]) => name.startsWith('AWS_ENDPOINT_URL'))
  return urls.flatMap(([, value]) => (URL.canParse(value) ? [new URL(value).host] : []))
}
