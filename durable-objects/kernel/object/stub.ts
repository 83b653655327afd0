import type { JournalQuery, JournalRow } from '../journal/journal.ts'
import type { NamespaceSettings } from '../namespace/namespace-stub.ts'
import type { SettleReport } from './background.ts'
import type { OperationRequest, OperationResult } from './operation.ts'
import type { Asked, Seen } from '../views/view.ts'

/** What a PlaceObject does for others. */
export type PlaceStub = Rpc.DurableObjectBranded & {
  /** Runs one operation. Refusals come back as data. `looks`: an answer without members has done nothing. */
  invoke(request: OperationRequest, looks?: boolean): Promise<OperationResult>
  /** Takes deliveries: lists beside each other, each in its order and no further than its first refusal. */
  receive(lists: OperationRequest[][]): Promise<OperationResult[][]>
  /** Waits for what is under way, no longer than `boundMs` of real time. */
  settle(boundMs: number): Promise<SettleReport>
  /** Takes the namespace's clock and modes. */
  configure(settings: NamespaceSettings): Promise<void>
  /** One step of an advancing clock. `ran`: how many timers did. */
  step(settings: NamespaceSettings, boundMs: number): Promise<SettleReport & { ran: number }>
  /** The client of an operation that may still wait has gone. */
  abandon(service: string, operation: string, requestId: string): void
  /** The same for who only asks: null where the service has nothing here, and nothing is made of it. */
  ask(request: OperationRequest): Promise<OperationResult | null>
  /** A page of one of a service's views. */
  look(service: string, name: string, asked: Asked): Promise<Seen>
  /** The account that owns the object. */
  owner(): string
  hops(query: JournalQuery): JournalRow[]
  decisions(query: Record<string, string | number>): unknown[]
  /** Forgets everything, or all that one service has here. */
  erase(service?: string): Promise<void>
}
