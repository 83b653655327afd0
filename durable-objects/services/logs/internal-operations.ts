import type { Operations } from '../../../aws/models/logs.types.ts'
import type { VendingOperations } from './deliveries/vended-logs.ts'
import type { ForwardingOperations } from './subscriptions/forwarding.ts'

declare module '../../kernel/object/service-operations.ts' {
  interface ServiceOperations {
    /** AWS's, and what services and the emulator's own endpoints ask beyond them. */
    logs: Operations & ForwardingOperations & VendingOperations
  }
}
