import { connect } from 'cloudflare:sockets'
import { WorkerEntrypoint } from 'cloudflare:workers'
import { OUT_HEADER, outMark } from '../../durable-objects/kernel/http-out.ts'
import { secretOf } from '../../durable-objects/kernel/namespace/secret.ts'
import {
  HOST_HEADER,
  INTERNAL_HEADER,
  NAMESPACE_HEADER,
  SOURCE_HEADER,
} from '../../durable-objects/shared/functions/contract.ts'
import type { HostEnv } from './host-env.ts'

/** What the host knows of a sandbox when it makes its way out. */
export type OutboundProps = {
  namespace: string
  /** ARN of the function. */
  source: string
  internet: boolean
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
    if (isEmulated(url, props.endpoints, this.env))
      return await this.env.EMULATOR.fetch(inward(request, url, this.env, props))
    if (!props.internet) throw new Error(`getaddrinfo ENOTFOUND ${url.hostname}`)
    try {
      return await fetch(outward(request, this.env, props.namespace))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new Error(`connect ECONNREFUSED ${url.host} (${reason})`, { cause: error })
    }
  }

  /**
   * Sockets go where they want on this side of AWS: to databases and the like. What speaks to AWS speaks HTTP, which
   * comes as a fetch.
   */
  override async connect(socket: Socket): Promise<void> {
    const { localAddress: target = '' } = await socket.opened
    const url = new URL(`tcp://${target}`)
    const ours = isThisMachine(url.hostname) && isOurPort(url, this.env)
    if (isAwsHost(url.hostname) || !(ours || this.ctx.props.internet)) {
      throw new Error(`getaddrinfo ENOTFOUND ${url.hostname}`)
    }
    const outside = connect(target, { secureTransport: 'off', allowHalfOpen: true })
    await Promise.all([socket.readable.pipeTo(outside.writable), outside.readable.pipeTo(socket.writable)])
  }
}

/** The request as the emulator's router takes it: to its own address, with the host that was meant beside it. */
function inward(request: Request, url: URL, env: HostEnv, { namespace, source }: OutboundProps): Request {
  const headers = new Headers(request.headers)
  headers.set(INTERNAL_HEADER, secretOf(env))
  headers.set(HOST_HEADER, url.host)
  headers.set(NAMESPACE_HEADER, namespace)
  headers.set(SOURCE_HEADER, source)
  const target = `http://${url.host}${url.pathname}${url.search}`
  const { method, body, signal } = request
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

/** The emulator's port, and the one that everybody writes. */
const DEFAULT_PORT = '4566'

export function isEmulated(
  url: URL,
  endpoints: readonly string[],
  env: Pick<HostEnv, 'FAKECLOUD_PORT' | 'FAKECLOUD_HOST'>,
): boolean {
  const { hostname, host } = url
  if (isAwsHost(hostname)) return true
  if (endpoints.includes(host)) return true
  const domain = env.FAKECLOUD_HOST
  if (domain !== undefined && (hostname === domain || hostname.endsWith(`.${domain}`))) return true
  return isThisMachine(hostname) && isOurPort(url, env)
}

function isAwsHost(hostname: string): boolean {
  return AWS_HOSTS.some(pattern => pattern.test(hostname))
}

function isOurPort({ port }: URL, env: Pick<HostEnv, 'FAKECLOUD_PORT'>): boolean {
  return port === DEFAULT_PORT || port === env.FAKECLOUD_PORT
}

function isThisMachine(hostname: string): boolean {
  const names = ['localhost', '0.0.0.0', '[::1]', 'host.docker.internal']
  return names.includes(hostname) || hostname.endsWith('.localhost') || hostname.startsWith('127.')
}

/** The hosts that a function's AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_<SERVICE> name. */
export function endpointHosts(environment: Record<string, string>): string[] {
  const urls = Object.entries(environment).filter(([name]) => name.startsWith('AWS_ENDPOINT_URL'))
  return urls.flatMap(([, value]) => (URL.canParse(value) ? [new URL(value).host] : []))
}
