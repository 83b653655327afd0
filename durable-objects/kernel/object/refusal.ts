import type { ObjectFacts } from './context.ts'
import type { OperationRequest } from './operation.ts'
import { AwsError } from '../../../aws/errors.ts'

/** What the caller is told of whatever an operation threw. What is no refusal is our own bug: logged, and told as one. */
export function refusalOf(facts: ObjectFacts, request: OperationRequest, thrown: unknown): AwsError {
  if (thrown instanceof AwsError) return thrown
  const { service, place } = facts
  const where = `${place.namespace}/${place.account}/${place.region} ${service}.${request.operation}`
  console.error(`${where} ${request.requestId}`, thrown instanceof Error ? thrown.stack : thrown)
  return new AwsError('InternalFailure', 'The request processing has failed because of an unknown error.', 500)
}

/** What has no handler is not built. @throws AwsError always */
export function notImplemented(service: string, operation: string): never {
  throw new AwsError('NotImplemented', `${service}.${operation} is not implemented`, 501)
}
