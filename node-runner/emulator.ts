import { randomBytes } from 'node:crypto'
import { INSIDE_HEADER } from '../durable-objects/shared/functions/contract.ts'
import { ASSETS, checkBuilt, ISOLATE_HOST_BUNDLE, readVersion } from './dist.ts'
import { addressedBy } from './front/addressed.ts'
import { proxiesOf } from './front/peer.ts'
import type { PortOf } from './front/proof.ts'
import { type Front, startFront } from './front.ts'
import type { Networks } from './isolates/workerd-process.ts'
import { type Supervisor, startSupervisor } from './isolates/supervisor.ts'
import { createLog, type Log } from './log.ts'
import type { Settings } from './settings.ts'
import type { Emulator } from './start.ts'
import { openState, type State } from './state.ts'
import { serveWhole, type Whole } from './whole.ts'
import { type RunningWorker, startWorker } from './worker.ts'
import { startWorkers, type Workers } from './workers.ts'

type Parts = { state?: State; front?: Front; workers?: Workers; whole?: Whole }

/** What each worker is started with. */
type Common = { settings: Settings; state: State; inside: string; port: number; log: Log; supervisors: Set<Supervisor> }

/** Starts an emulator in this process, and resolves when it answers. */
export async function startHere(settings: Settings): Promise<Emulator> {
  checkBuilt()
  const parts: Parts = {}
  try {
    const { front, workers } = await startParts(settings, parts)
    const { host, port } = front
    const url = `http://${isAny(host) ? 'localhost' : urlHost(host)}:${port}`
    let stopped: Promise<void> | undefined
    const stop = () => {
      stopped ??= stopParts(parts)
      return stopped
    }
    return { url, host, port, workerdPid: workers.pidOf, failed: workers.failed, stop }
  } catch (error) {
    await stopParts(parts)
    throw error
  }
}

async function startParts(settings: Settings, parts: Parts) {
  const log = createLog(settings.logLevel)
  const state = openState(settings.dataPath)
  parts.state = state
  // Listening comes first: it finds the port, or that it is taken. Clients wait until the workers do.
  const listening = Promise.withResolvers<PortOf>()
  const inside = randomBytes(32).toString('hex')
  const front = await startFront({
    ...settings,
    inside,
    isProxy: proxiesOf(settings.trustedProxies),
    workers: listening.promise,
    log: line => log('error', line),
  })
  parts.front = front
  const common: Common = { settings, state, inside, port: front.port, log, supervisors: new Set() }
  const workers = await startWorkers({
    most: settings.workers,
    kept: state.workers,
    start: index => startOne(common, index),
    namespacesAt: port => namespacesAt(common, port),
  })
  parts.workers = workers
  listening.resolve(await portsOf(common, workers, parts))
  return { front, workers }
}

/** Where requests go. With one worker there is nothing to look for. */
async function portsOf({ settings, state, inside }: Common, workers: Workers, parts: Parts): Promise<PortOf> {
  const [only = 0] = workers.ports()
  if (Math.max(settings.workers, state.workers) === 1) return () => only
  const whole = await serveWhole({ workers, inside, mostBody: settings.maxRequestBodyBytes })
  parts.whole = whole
  return sent => {
    const addressed = addressedBy(sent, settings.domain)
    return addressed === 'all' ? whole.port : workers.portOf(addressed.namespace)
  }
}

/** A worker with what runs the functions of its namespaces, whose calls come back to it alone. */
async function startOne(common: Common, index: number): Promise<RunningWorker> {
  const { settings, state, inside, log, supervisors } = common
  const secret = secretOf(common)
  // By what they resolve to: the Worker judges names alone.
  const networks: Networks = settings.secret === undefined ? ['public', 'private', 'local'] : ['public']
  let workerPort = 0
  const supervisor = await startSupervisor({
    emulatorAddress: () => `127.0.0.1:${workerPort}`,
    secret,
    inside,
    assetsDir: ASSETS,
    hostBundle: ISOLATE_HOST_BUNDLE,
    addresses: addressesOf(settings, common.port),
    networks,
    log: line => log('warn', line),
    others: () => [...supervisors].reduce((sum, each) => sum + (each === supervisor ? 0 : each.processes()), 0),
  })
  supervisors.add(supervisor)
  const close = async () => {
    supervisors.delete(supervisor)
    await supervisor.close()
  }
  try {
    const worker = await startWorker({
      objects: state.objectsOf(index),
      bindings: bindingsOf(settings, secret, common.port),
      inside,
      isolates: supervisor.address,
      networks,
      log,
      // Each would be told of all.
      onProcess: index === 0 ? state.noteProcess : () => {},
    })
    workerPort = worker.port
    const stop = async () => void (await Promise.allSettled([worker.stop(), close()]))
    return { ...worker, stop }
  } catch (error) {
    await close()
    throw error
  }
}

const secretOf = ({ settings, state }: Common) => settings.secret ?? state.secret

async function namespacesAt(common: Common, port: number): Promise<string[]> {
  const headers = { [INSIDE_HEADER]: common.inside, 'x-fakecloud-secret': secretOf(common) }
  const response = await fetch(`http://127.0.0.1:${port}/_fakecloud/namespaces`, { headers })
  if (!response.ok) throw new Error(`A worker does not say what lives in it: ${response.status}`)
  const { namespaces } = (await response.json()) as { namespaces: string[] } // that endpoint's own shape
  return namespaces
}

async function stopParts({ front, workers, whole, state }: Parts): Promise<void> {
  await front?.close()
  whole?.close()
  await workers?.stop()
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
    FAKECLOUD_SQL: process.env.FAKECLOUD_SQL,
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
