import { cloudwatch } from './cloudwatch/cloudwatch.ts'
import { ec2 } from './ec2/ec2.ts'
import { events } from './events/events.ts'
import { iam } from './iam/iam.ts'
import { lambda } from './lambda/lambda.ts'
import { logs } from './logs/logs.ts'
import type { Place } from '../../aws/place.ts'
import { type Address, addressOf } from '../kernel/object/calls.ts'
import type { Catalog } from '../kernel/object/catalog.ts'
import type { ServiceDefinition } from '../kernel/object/operation.ts'
import { s3 } from './s3/s3.ts'
import { s3control } from './s3control/s3control.ts'
import { scheduler } from './scheduler/scheduler.ts'
import { sns } from './sns/sns.ts'
import { sqs } from './sqs/sqs.ts'
import { sts } from './sts/sts.ts'

/** The one list of services, by the names of their models. Everything else is derived from it. */
const all: Readonly<Record<string, ServiceDefinition>> = {
  cloudwatch,
  ec2,
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

/** What is internal is no operation of AWS's, though it stands in a module among them. */
function apart(definition: ServiceDefinition): ServiceDefinition {
  const { operations, internal = {} } = definition
  const outside = Object.entries(operations).filter(([name]) => !Object.hasOwn(internal, name))
  return { ...definition, operations: Object.fromEntries(outside) }
}

export const services: Readonly<Record<string, ServiceDefinition>> = Object.fromEntries(
  Object.entries(all).map(([name, definition]) => [name, apart(definition)]),
)

/** A service that is not built has no operations: each answers 501. */
const NOT_BUILT: ServiceDefinition = { operations: {}, migrations: [] }

export function definitionOf(service: string): ServiceDefinition {
  return Object.hasOwn(services, service) ? (services[service] ?? NOT_BUILT) : NOT_BUILT
}

const keeper = Object.values(services).find(({ keys }) => keys !== undefined)

/** The services as the kernel is handed them. */
export const catalog: Catalog = { definitionOf, names: Object.keys(services), keys: keeper?.keys }

/** The object, and the service in it, that serves an operation. */
export function homeOf(
  called: { service: string; operation: string; input: Record<string, unknown> },
  place: Place,
): Address {
  return addressOf(catalog, called, place)
}
