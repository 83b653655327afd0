import { randomBytes } from 'node:crypto'
import { ASSETS, checkBuilt, ISOLATE_HOST_BUNDLE, readVersion } from './dist.ts'
import { proxiesOf } from './front/peer.ts'
import { type Front, startFront } from './front.ts'
import type { Networks } from './isolates/workerd-process.ts'
import { type Supervisor, startSupervisor } from './isolates/supervisor.ts'
import { createLog } from './log.ts'
import type { Settings } from './settings.ts'
import type { Emulator } from './start.ts'
import { openState, type State } from './state.ts'
import { type RunningWorker, startWorker } from './worker.ts'

type Parts = { state?: State; front?: Front; supervisor?: Supervisor; worker?: RunningWorker }

/** Starts an emulator in this process, and resolves when it answers. */
export async function startHere(settings: Settings): Promise<Emulator> {
  checkBuilt()
  const parts: Parts = {}
  try {
    const { front, worker } = await startParts(settings, parts)
    const { host, port } = front
    const url = `http://${isAny(host) ? 'localhost' : urlHost(host)}:${port}`
    let stopped: Promise<void> | undefined
    const stop = () => {
      stopped ??= stopParts(parts)
      return stopped
    }
    return { url, host, port, workerdPid: worker.pid, failed: worker.failed, stop }
  } catch (error) {
    await stopParts(parts)
    throw error
  }
}

async function startParts(settings: Settings, parts: Parts) {
  const log = createLog(settings.logLevel)
  const state = openState(settings.dataPath)
  parts.state = state
  // Listening comes first: it finds the port, or that it is taken. Clients wait until the Worker does.
  const listening = Promise.withResolvers<number>()
  const inside = randomBytes(32).toString('hex')
  const front = await startFront({
    ...settings,
    inside,
    isProxy: proxiesOf(settings.trustedProxies),
    worker: listening.promise,
    log: line => log('error', line),
  })
  parts.front = front
  const secret = settings.secret ?? state.secret
  // By what they resolve to: the Worker judges names alone.
  const networks: Networks = settings.secret === undefined ? ['public', 'private', 'local'] : ['public']
  let workerPort = 0
  const supervisor = await startSupervisor({
    emulatorAddress: () => `127.0.0.1:${workerPort}`,
    secret,
    inside,
    assetsDir: ASSETS,
    hostBundle: ISOLATE_HOST_BUNDLE,
    addresses: addressesOf(settings, front.port),
    networks,
    log: line => log('warn', line),
  })
  parts.supervisor = supervisor
  const bindings = bindingsOf(settings, secret, front.port)
  const { objects, noteProcess } = state
  const worker = await startWorker({
    objects,
    bindings,
    inside,
    isolates: supervisor.address,
    networks,
    log,
    onProcess: noteProcess,
  })
  parts.worker = worker
  workerPort = worker.port
  listening.resolve(worker.port)
  return { front, worker }
}

async function stopParts({ front, worker, supervisor, state }: Parts): Promise<void> {
  await front?.close()
  await Promise.allSettled([worker?.stop(), supervisor?.close()])
  state?.close()
}

/** What the Worker is told by text; a binding that has no value is not there. */
function bindingsOf(settings: Settings, secret: string, port: number): Record<string, string> {
  const bindings = {
    FAKECLOUD_SECRET: secret,
    FAKECLOUD_FRONT: 'true',
    FAKECLOUD_LOCAL: settings.secret === undefined ? 'true' : undefined,
    FAKECLOUD_REGION: settings.region,
    FAKECLOUD_ACCOUNT_ID: settings.accountId,
    FAKECLOUD_ALLOWED_HOSTS: settings.allowedHosts,
    FAKECLOUD_IAM: settings.iam,
    FAKECLOUD_VERIFY_SIGV4: String(settings.verifySigv4),
    FAKECLOUD_MAX_REQUEST_BODY_BYTES: String(settings.maxRequestBodyBytes),
    FAKECLOUD_LAMBDA_INTERNET: settings.lambdaInternet,
    FAKECLOUD_VERSION: readVersion(),
    // No setting: our own tests take all deliveries the far way with it.
    FAKECLOUD_NEARBY: process.env.FAKECLOUD_NEARBY,
  }
  return { ...given(bindings), ...addressesOf(settings, port) }
}

/** Under what the emulator is found. */
function addressesOf({ externalUrl, domain }: Settings, port: number): Record<string, string> {
  return given({ FAKECLOUD_PORT: String(port), FAKECLOUD_EXTERNAL_URL: externalUrl, FAKECLOUD_HOST: domain })
}

function given(bindings: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(bindings).filter((pair): pair is [string, string] => pair[1] !== undefined))
}

const isAny = (host: string) => host === '0.0.0.0' || host === '::'

const urlHost = (host: string) => (host.includes(':') ? `[${host}]` : host)
