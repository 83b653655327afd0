import type { Operations } from '../../../aws/models/logs.types.ts'
import type { AnomalyOperations } from './anomalies/anomalies.ts'
import type { VendingOperations } from './deliveries/vended-logs.ts'
import type { ServiceLogOperations } from './events/service-logs.ts'
import type { ForwardingOperations } from './subscriptions/forwarding.ts'

/** What services and the emulator's own endpoints ask beyond AWS's API; no model has it, so no request can. */
export type InternalOperations = AnomalyOperations & ForwardingOperations & ServiceLogOperations & VendingOperations

declare module '../../kernel/object/service-operations.ts' {
  interface ServiceOperations {
    logs: Operations & InternalOperations
  }
}
