import type { ServiceDefinition } from '../operation.ts'

export const sts: ServiceDefinition = { operations: {}, migrations: [] }
