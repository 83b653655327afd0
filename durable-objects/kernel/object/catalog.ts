import type { Keys } from '../encryption/encryption.ts'
import type { Env } from '../env.ts'
import type { NamespaceSettings } from '../namespace/namespace-stub.ts'
import type { OperationRequest, OperationResult, ServiceDefinition, Tx } from './operation.ts'
import type { Sql } from './sql.ts'

/** The services, as the kernel is handed them: it knows none by name. */
export type Catalog = {
  /** A service that is not built has no operations. */
  definitionOf(service: string): ServiceDefinition
  /** Names of those that are built. */
  names: readonly string[]
  /** What the one of them that keeps keys does for the others. */
  keys: Keys | undefined
}

/** A request that may be served. */
export type Admitted = { ctx: Tx; input: Record<string, unknown> }

/** What a gate needs of the object that it stands before. */
export type Door = {
  definition: ServiceDefinition
  context: (trailers?: Promise<Record<string, string>>) => Tx
}

/** Who may come in, by the deployment's modes and the namespace's. */
export type Gate = {
  /** @throws AwsError */
  admit(request: OperationRequest, door: Door): Promise<Admitted>
  /**
   * The same for a delivery from a neighbour, at once: false when it cannot be said without awaiting.
   * @throws AwsError
   */
  admitNearby(ctx: Tx, definition: ServiceDefinition, input: Record<string, unknown>): boolean
}

/** What stands above the kernel, and is handed to its objects. */
export type Above = {
  catalog: Catalog
  gate(env: Env, settings: Partial<NamespaceSettings>): Gate
  /** Tables of who checks, and what it tells of its decisions. */
  migrations: readonly string[]
  decisions(sql: Sql, query: Record<string, string | number>): unknown[]
  /** Whether it has anything to tell to somebody of the namespace: what strangers were denied is nothing. */
  tells(sql: Sql): boolean
  /** Notes a function's own call to a service, and then how it ended. */
  noteVisit(tx: Tx, input: Record<string, unknown>): Promise<((result: OperationResult) => void) | undefined>
}
