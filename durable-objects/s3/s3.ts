import type { ServiceDefinition } from '../operation.ts'

export const s3: ServiceDefinition = { operations: {}, migrations: [] }
