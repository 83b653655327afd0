import { WorkerEntrypoint } from 'cloudflare:workers'
import { functionToken } from '../../durable-objects/kernel/namespace/claims.ts'
import { INVOCATION_HEADER, type Invocation } from '../../durable-objects/shared/functions/contract.ts'
import { isStranger, refuseStranger } from '../inside.ts'
import type { HostEnv } from './host-env.ts'
import { noteEnded } from './ended.ts'
import { endpointHosts, Outbound, type OutboundProps } from './outbound.ts'
import { type ProgramCache, programOf } from './program-cache.ts'
import { decodeInvocation, encodeMessage } from '../../durable-objects/shared/functions/session.ts'

export { Outbound }

const COMPATIBILITY_DATE = '2026-11-01'

/** The registry that puts off compiling a module until it is imported, and evaluates ES modules in their request. */
const FLAGS = ['new_module_registry']
/** `eval` and `new Function`, which the edge does not have. */
const LOCAL_FLAGS = [...FLAGS, 'allow_insecure_inefficient_logged_eval']

/** Unpacked functions by their contents' hashes: derived from what never changes, so that every tenant may share it. */
const programs: ProgramCache = new Map()

/** Runs functions in isolates of their own, which the Worker Loader makes of the files of their zips. */
export class IsolateHost extends WorkerEntrypoint<HostEnv> {
  /**
   * `POST /invoke` runs one invocation, in the sandbox of its id as long as that lives. `POST /session` makes a sandbox
   * that takes invocations from the request's body until that ends: the supervisor of the pool speaks so. `/ping`
   * answers as soon as nothing blocks the process.
   */
  override async fetch(request: Request): Promise<Response> {
    if (isStranger(request, this.env)) return refuseStranger()
    const { pathname } = new URL(request.url)
    if (pathname === '/ping') return new Response(null, { status: 204 })
    if (request.method === 'POST' && pathname === '/end') {
      // The Lambda service's own list.
      noteEnded((await request.json()) as string[])
      return new Response(null, { status: 204 })
    }
    const header = request.headers.get(INVOCATION_HEADER)
    if (request.method !== 'POST' || header === null) return new Response('Not found', { status: 404 })
    try {
      return await this.answer(pathname, decodeInvocation(header), request)
    } catch (error) {
      // Whoever asked says it as an error of the function: a zip that is none, code that is gone.
      return new Response(error instanceof Error ? error.message : String(error), { status: 500 })
    }
  }

  private async answer(pathname: string, invocation: Invocation, request: Request): Promise<Response> {
    if (pathname === '/session') return await this.session(invocation, request.body)
    if (pathname === '/warm') return await this.warm(invocation)
    return await this.invoke(invocation, new Uint8Array(await request.arrayBuffer()))
  }

  private async session(invocation: Invocation, body: ReadableStream | null): Promise<Response> {
    const { main, modules } = await programOf(programs, this.env, invocation)
    const worker = this.env.LOADER.load(this.code(invocation, main, modules))
    return await worker.getEntrypoint().fetch('http://sandbox/', { method: 'POST', body })
  }

  private async invoke(invocation: Invocation, payload: Uint8Array): Promise<Response> {
    const worker = this.env.LOADER.get(invocation.sandboxId, async () => {
      const { main, modules } = await programOf(programs, this.env, invocation)
      return this.code(invocation, main, modules)
    })
    const message = encodeMessage({ ...invocation, bytes: payload.length })
    return await worker.getEntrypoint().fetch('http://sandbox/', { method: 'POST', body: new Blob([message, payload]) })
  }

  private async warm(invocation: Invocation): Promise<Response> {
    await programOf(programs, this.env, invocation)
    return new Response(null, { status: 204 })
  }

  private code(
    invocation: Invocation,
    mainModule: string,
    modules: Record<string, WorkerLoaderModule>,
  ): WorkerLoaderWorkerCode {
    const { place, namespaceId, functionArn: source, internet, environment, origins } = invocation
    const { namespace } = place
    const token = functionToken(this.env, { namespace, namespaceId, source })
    const props: OutboundProps = {
      sandboxId: invocation.sandboxId,
      namespace,
      token,
      internet,
      origins,
      endpoints: endpointHosts(environment),
    }
    // The types know a Worker's own exports only where they are generated for it.
    const exports = this.ctx.exports as unknown as { Outbound(options: { props: OutboundProps }): Fetcher }
    const local = this.env.FAKECLOUD_LOCAL_ISOLATES !== undefined
    return {
      compatibilityDate: COMPATIBILITY_DATE,
      compatibilityFlags: local ? LOCAL_FLAGS : FLAGS,
      ...(local ? { allowExperimental: true } : {}),
      mainModule,
      modules,
      env: {},
      globalOutbound: exports.Outbound({ props }),
    }
  }
}

/** A pool process is nothing but this. */
export default IsolateHost
