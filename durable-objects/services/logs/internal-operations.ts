import type { Operations } from '../../../aws/models/logs.types.ts'
import type { Handlers } from '../../kernel/object/operation.ts'
import { type AnomalyOperations, InjectAnomaly } from './anomalies/anomalies.ts'
import { OpenDeliveryDestination, ShipVendedLogs, VendLogs, type VendingOperations } from './deliveries/vended-logs.ts'
import { type ServiceLogOperations, WriteLog } from './events/service-logs.ts'
import { CheckDestination, ForwardSubscription, type ForwardingOperations } from './subscriptions/forwarding.ts'

/** What services and the emulator's own endpoints ask beyond AWS's API. */
type InternalOperations = AnomalyOperations & ForwardingOperations & ServiceLogOperations & VendingOperations

declare module '../../kernel/object/service-operations.ts' {
  interface ServiceOperations {
    logs: Operations & InternalOperations
  }
}

export const internal = {
  CheckDestination,
  ForwardSubscription,
  InjectAnomaly,
  OpenDeliveryDestination,
  ShipVendedLogs,
  VendLogs,
  WriteLog,
} satisfies Handlers<InternalOperations>
