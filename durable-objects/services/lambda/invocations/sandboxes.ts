import { endIsolates, warmIsolate } from '../../../shared/functions/client.ts'
import type { CodeRef, Invocation } from '../../../shared/functions/contract.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { parseArn } from '../../../../aws/arn.ts'
import { mintSession } from '../../../kernel/namespace/credentials.ts'
import { randomHex } from '../../../../aws/ids.ts'
import { functionArn } from '../functions/names.ts'
import { askedOrigin, noteOrigin, originsOf } from './origins.ts'
import { endpointUrl, sandboxEnvironment } from './sandbox-environment.ts'
import { type StoredConfiguration, type VersionRow, versionName } from '../schema.ts'
import type { EvictContainerResponse } from '../views.ts'

/** What every invocation of a sandbox has in common. */
type Fixed = Omit<Invocation, 'requestId' | 'traceId' | 'invokedArn' | 'clientContext' | 'streaming' | 'credentials'>

/** One execution environment: it takes one invocation at a time, and the next after it. */
export type Sandbox = {
  /** The pool it goes back to: version and build. */
  pool: string
  row: VersionRow
  fixed: Fixed
  /** When its role's credentials end, in milliseconds of the namespace's clock. */
  credentialsEnd: number
  /** Aborted when the namespace is erased: whatever it is doing ends. */
  ending: AbortController
  /** The function has changed or gone: not to be used again. */
  dropped: boolean
  /** Real epoch milliseconds. */
  usedAt: number
}

type Sandboxes = { idle: Map<string, Sandbox[]>; busy: Set<Sandbox>; prunedAt: number }

/** A sandbox that was idle so long is given up, as AWS does after some minutes. */
const IDLE_MS = 10 * 60_000
const CREDENTIALS_MS = 12 * 3_600_000

const sandboxesOf = (ctx: Ctx): Sandboxes =>
  ctx.memory('lambda.sandboxes', () => ({ idle: new Map(), busy: new Set(), prunedAt: Date.now() }))

const poolOf = (row: VersionRow) => `${row.name}:${row.number}:${row.build}`

/** An idle sandbox of that version and build, the one used last; else a new one. */
export function takeSandbox(ctx: Ctx, row: VersionRow, configuration: StoredConfiguration): Sandbox {
  const sandboxes = sandboxesOf(ctx)
  noteOrigin(ctx)
  const idle = sandboxes.idle.get(poolOf(row))?.pop()
  const usable = idle && Date.now() - idle.usedAt < IDLE_MS && knowsOrigin(ctx, idle)
  const fresh = usable ? idle : newSandbox(ctx, row, configuration)
  sandboxes.busy.add(fresh)
  return fresh
}

/** What the caller was handed, and hands on, must be within the function's reach. */
function knowsOrigin(ctx: Ctx, { fixed }: Sandbox): boolean {
  const origin = askedOrigin(ctx)
  return origin === undefined || fixed.origins.includes(origin)
}

/** @param reusable false: the isolate is gone */
export function releaseSandbox(ctx: Ctx, sandbox: Sandbox, reusable: boolean): void {
  const sandboxes = sandboxesOf(ctx)
  sandboxes.busy.delete(sandbox)
  prune(sandboxes)
  if (!reusable || sandbox.dropped) return
  sandbox.usedAt = Date.now()
  const idle = sandboxes.idle.get(sandbox.pool)
  if (idle) idle.push(sandbox)
  else sandboxes.idle.set(sandbox.pool, [sandbox])
}

function prune(sandboxes: Sandboxes): void {
  const now = Date.now()
  if (now - sandboxes.prunedAt < IDLE_MS / 10) return
  sandboxes.prunedAt = now
  for (const [pool, idle] of sandboxes.idle) {
    const kept = idle.filter(sandbox => now - sandbox.usedAt < IDLE_MS)
    if (kept.length > 0) sandboxes.idle.set(pool, kept)
    else sandboxes.idle.delete(pool)
  }
}

/**
 * Gives up a function's sandboxes: those at work finish what they do and are not used again.
 * @returns whether there were any
 */
export function dropSandboxes(ctx: Ctx, name: string): boolean {
  const { idle, busy } = sandboxesOf(ctx)
  let any = false
  for (const sandbox of busy) {
    if (sandbox.row.name !== name) continue
    sandbox.dropped = true
    any = true
  }
  for (const pool of idle.keys()) {
    if (!pool.startsWith(`${name}:`)) continue
    idle.delete(pool)
    any = true
  }
  return any
}

/** Test tick: the next run of a function starts cold. */
export function EvictContainer(ctx: Ctx, { functionName }: { functionName: string }): EvictContainerResponse {
  return { evicted: dropSandboxes(ctx, functionName) }
}

/** All that live, at work or not. */
export function liveSandboxes(ctx: Ctx): Sandbox[] {
  const { idle, busy } = sandboxesOf(ctx)
  return [...busy, ...[...idle.values()].flat()].filter(sandbox => !sandbox.dropped)
}

/** Ends all that runs here, in the sandboxes and in what waits for them; nothing of it is written any more. */
export async function endSandboxes(ctx: Ctx): Promise<void> {
  const { idle, busy } = sandboxesOf(ctx)
  const all = [...busy, ...[...idle.values()].flat()]
  if (all.length === 0) return
  idle.clear()
  for (const { ending } of all) ending.abort()
  const ids = all.map(({ fixed }) => fixed.sandboxId)
  await endIsolates(ctx.env.ISOLATES, ids).catch(error => console.warn('lambda: sandboxes could not be ended', error))
}

function newSandbox(ctx: Ctx, row: VersionRow, configuration: StoredConfiguration): Sandbox {
  const { place } = ctx
  const custom = configuration.LoggingConfig?.LogGroup
  const logGroup = custom ?? `/aws/lambda/${row.name}`
  const logStream = logStreamName(ctx.now, row, custom !== undefined && custom !== `/aws/lambda/${row.name}`)
  const credentialsEnd = ctx.now + CREDENTIALS_MS
  const credentials = roleCredentials(ctx, { row, configuration, credentialsEnd })
  const origins = [...originsOf(ctx)]
  const url = endpointUrl(ctx.env, place.namespace, origins.at(-1))
  const facts = { row, configuration, place, logGroup, logStream, credentials, endpointUrl: url }
  return {
    pool: poolOf(row),
    row,
    fixed: {
      sandboxId: crypto.randomUUID(),
      functionArn: functionArn(place, row.name),
      functionName: row.name,
      version: versionName(row.number),
      runtime: configuration.Runtime ?? '',
      handler: configuration.Handler ?? '',
      memoryMb: configuration.MemorySize,
      timeoutMs: configuration.Timeout * 1000,
      environment: sandboxEnvironment(facts),
      code: codeRef(ctx, row.code ?? ''),
      layers: layerRefs(ctx, row),
      place,
      namespaceId: ctx.namespaceId,
      origins,
      logGroup,
      logStream,
      internet: !/^(?:0|false|off|no)$/i.test(ctx.env.FAKECLOUD_LAMBDA_INTERNET ?? ''),
    },
    credentialsEnd,
    ending: new AbortController(),
    dropped: false,
    usedAt: Date.now(),
  }
}

/** `2026/01/02/[$LATEST]<32 hex>`; in a group that functions may share, the function's name goes before the version. */
function logStreamName(now: number, row: VersionRow, shared: boolean): string {
  const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '/')
  return `${day}/${shared ? row.name : ''}[${versionName(row.number)}]${randomHex(32)}`
}

type Renewed = { row: VersionRow; configuration: StoredConfiguration; credentialsEnd: number }

/** A session of the execution role, as Lambda assumes it: named after the function. */
function roleCredentials(ctx: Ctx, { row, configuration, credentialsEnd }: Renewed) {
  return mintSession(ctx, {
    accountId: parseArn(configuration.Role)?.account ?? ctx.place.account,
    roleArn: configuration.Role,
    roleId: `AROA${randomHex(17).toUpperCase()}`,
    name: row.name,
    expires: credentialsEnd,
  })
}

/** New credentials for a sandbox that has outlived its own on the namespace's clock; undefined while they hold. */
export function renewedCredentials(
  ctx: Ctx,
  sandbox: Sandbox,
  configuration: StoredConfiguration,
): Invocation['credentials'] {
  if (ctx.now < sandbox.credentialsEnd - configuration.Timeout * 1000) return undefined
  sandbox.credentialsEnd = ctx.now + CREDENTIALS_MS
  const { row, credentialsEnd } = sandbox
  const renewed = roleCredentials(ctx, { row, configuration, credentialsEnd })
  return {
    accessKeyId: renewed.AccessKeyId,
    secretAccessKey: renewed.SecretAccessKey,
    sessionToken: renewed.SessionToken,
  }
}

function codeRef(ctx: Ctx, sha: string, owner: { account: string; region: string } = ctx.place): CodeRef {
  const { namespace } = ctx.place
  return {
    key: sha,
    url: `/_ns/${namespace}/_fakecloud/lambda/_internal/code/${owner.account}/${owner.region}/${sha}.zip`,
  }
}

function layerRefs(ctx: Ctx, row: VersionRow): CodeRef[] {
  const layers = ctx.sql.all<{ arn: string; code: string }>(
    'SELECT arn, code FROM lambda_version_layers WHERE name = ? AND number = ? ORDER BY position',
    row.name,
    row.number,
  )
  return layers.map(({ arn, code }) => codeRef(ctx, code, parseArn(arn)))
}

/** Lets the isolate host unpack a version's zip before its first invocation asks for it. */
export function warm(ctx: Ctx, row: VersionRow, configuration: StoredConfiguration): void {
  const { fixed } = newSandbox(ctx, row, configuration)
  const { requestId, traceId } = ctx
  const invocation = { ...fixed, requestId, traceId, invokedArn: fixed.functionArn, streaming: false }
  const warmed = warmIsolate(ctx.env.ISOLATES, invocation)
  ctx.background(warmed.catch(error => console.warn(`lambda: ${row.name} could not be warmed`, error)))
}
