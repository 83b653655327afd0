import type { ServiceDefinition } from '../operation.ts'

export const iam: ServiceDefinition = { operations: {}, migrations: [] }
