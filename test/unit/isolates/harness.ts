import { createHash, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { zipSync } from 'fflate'
import { startSupervisor } from '../../../node-runner/isolates/supervisor.ts'
import { buildIsolateHost, buildIsolateRuntime, buildSdkAssets } from '../../../scripts/build-sdk-assets.ts'
import { isCodeToken } from '../../../durable-objects/kernel/namespace/claims.ts'
import { collectOutcome, invokeIsolate, warmIsolate } from '../../../durable-objects/shared/functions/client.ts'
import {
  CODE_HEADER,
  INSIDE_HEADER,
  type Frame,
  type Invocation,
  type Outcome,
} from '../../../durable-objects/shared/functions/contract.ts'

export type Sources = Record<string, string | Uint8Array>
export type Seen = { method: string; url: string; headers: IncomingMessage['headers']; body: string }
export type Answer = { status?: number; headers?: Record<string, string>; body?: string | Uint8Array }

const SECRET = 'a secret'

/** A supervisor with its pool, and an HTTP server that stands for the emulator: it hands out zips and notes what functions send. */
export async function startIsolates(options: { maxProcesses?: number } = {}) {
  const root = join(import.meta.dirname, '../../../dist/isolates-under-test')
  const assetsDir = join(root, 'assets')
  const hostBundle = join(root, 'isolate-host.js')
  await Promise.all([buildSdkAssets(assetsDir), buildIsolateRuntime(assetsDir), buildIsolateHost(hostBundle)])
  const zips = new Map<string, Uint8Array>()
  const seen: Seen[] = []
  const answers: ((request: Seen) => Answer | undefined)[] = []
  const emulator = createServer(async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync(request)).toString()
    const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body }
    const zip = zips.get(one.url)
    if (zip !== undefined) {
      const token = String(request.headers[CODE_HEADER])
      return response.writeHead(isCodeToken({ FAKECLOUD_SECRET: SECRET }, one.url, token) ? 200 : 403).end(zip)
    }
    seen.push(one)
    const {
      status = 200,
      headers = {},
      body: text = '{}',
    } = answers.map(answer => answer(one)).find(found => found !== undefined) ?? {}
    return response.writeHead(status, headers).end(text)
  })
  await new Promise<void>(resolve => emulator.listen(0, '127.0.0.1', resolve))
  const { port } = emulator.address() as AddressInfo
  const lines: string[] = []
  const supervisor = await startSupervisor({
    emulatorAddress: () => `127.0.0.1:${port}`,
    secret: SECRET,
    inside: SECRET,
    assetsDir,
    hostBundle,
    networks: ['public', 'private', 'local'],
    addresses: { FAKECLOUD_PORT: String(port) },
    log: line => lines.push(line),
    ...options,
  })
  const isolates = {
    fetch: (url: string, init: RequestInit) => {
      const headers = { ...(init.headers as Record<string, string>), [INSIDE_HEADER]: SECRET }
      return fetch(url.replace('isolates', supervisor.address), { ...init, headers })
    },
  } as unknown as Fetcher

  const upload = (sources: Sources) => {
    const zip = zipSync(Object.fromEntries(Object.entries(sources).map(([path, source]) => [path, bytesOf(source)])))
    const key = createHash('sha256').update(zip).digest('hex')
    const url = `/_fakecloud/lambda/_internal/code/${key}`
    zips.set(url, zip)
    return { key, url }
  }
  const close = async () => {
    await supervisor.close()
    emulator.closeAllConnections()
    emulator.close()
  }
  /** A function of those files, as the Lambda service would invoke it. */
  const define = (sources: Sources, settings: Partial<Invocation> & { layerSources?: Sources[] } = {}) => {
    const { layerSources = [], ...overrides } = settings
    const functionName = overrides.functionName ?? `f-${randomUUID()}`
    const base: Omit<Invocation, 'requestId' | 'sandboxId'> = {
      functionArn: `arn:aws:lambda:us-east-1:123456789012:function:${functionName}`,
      invokedArn: `arn:aws:lambda:us-east-1:123456789012:function:${functionName}`,
      functionName,
      version: '$LATEST',
      runtime: 'nodejs22.x',
      handler: 'index.handler',
      memoryMb: 128,
      timeoutMs: 3000,
      environment: environmentOf(port, overrides.environment),
      code: upload(sources),
      layers: layerSources.map(upload),
      origins: [],
      place: { namespace: 'test', account: '123456789012', region: 'us-east-1' },
      namespaceId: 'first-life',
      logGroup: `/aws/lambda/${functionName}`,
      logStream: '2026/01/01/[$LATEST]0123',
      traceId: 'Root=1-67891233-abcdef012345678912345678',
      streaming: false,
      internet: false,
    }
    const { environment: _, ...rest } = overrides
    return { ...base, ...rest }
  }
  /** Invokes in that sandbox, else in a new one. */
  const invoke = async (
    fn: ReturnType<typeof define>,
    payload: unknown = {},
    settings: { sandboxId?: string; onFrame?: (frame: Frame) => void } = {},
  ): Promise<Outcome> => {
    const invocation = { ...fn, requestId: randomUUID(), sandboxId: settings.sandboxId ?? randomUUID() }
    const { frames } = await invokeIsolate(isolates, invocation, { payload: JSON.stringify(payload) })
    return await collectOutcome(frames, settings.onFrame)
  }
  const warm = (fn: ReturnType<typeof define>) => warmIsolate(isolates, { ...fn, requestId: '', sandboxId: '' })
  return { supervisor, define, invoke, warm, seen, answers, lines, close }
}

function bytesOf(source: string | Uint8Array): Uint8Array {
  return typeof source === 'string' ? new TextEncoder().encode(source) : source
}

function environmentOf(port: number, extra: Record<string, string> = {}): Record<string, string> {
  return {
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'ASIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 'token',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    ...extra,
  }
}
