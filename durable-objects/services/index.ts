import { cloudwatch } from './cloudwatch/cloudwatch.ts'
import { events } from './events/events.ts'
import { iam } from './iam/iam.ts'
import { lambda } from './lambda/lambda.ts'
import { logs } from './logs/logs.ts'
import type { ServiceDefinition } from '../kernel/object/operation.ts'
import { GLOBAL_REGION, type ObjectAddress, type Place } from '../../aws/place.ts'
import { s3 } from './s3/s3.ts'
import { s3control } from './s3control/s3control.ts'
import { scheduler } from './scheduler/scheduler.ts'
import { sns } from './sns/sns.ts'
import { sqs } from './sqs/sqs.ts'
import { sts } from './sts/sts.ts'

/** The one list of services, by the names of their models. Everything else is derived from it. */
export const services: Readonly<Record<string, ServiceDefinition>> = {
  cloudwatch,
  events,
  iam,
  lambda,
  logs,
  s3,
  s3control,
  scheduler,
  sns,
  sqs,
  sts,
}

/** A service that is not built has no operations: each answers 501. */
const NOT_BUILT: ServiceDefinition = { operations: {}, migrations: [] }

export function definitionOf(service: string): ServiceDefinition {
  return Object.hasOwn(services, service) ? (services[service] ?? NOT_BUILT) : NOT_BUILT
}

/** The object that serves an operation: the service's own word on it, else one object a place. */
export function homeOf(
  service: string,
  operation: string,
  input: Record<string, unknown>,
  place: Place,
): ObjectAddress {
  const { home, scope } = definitionOf(service)
  if (home) return home(operation, input, place)
  return { place: scope === 'global' ? { ...place, region: GLOBAL_REGION } : place, service }
}
