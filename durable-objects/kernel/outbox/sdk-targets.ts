import { serviceOfSdk } from '../../../aws/service-names.ts'
import { loadModel, type OperationModel, type ServiceModel } from '../../../aws/wire/model.ts'
import type { Shape, Structure } from '../../../aws/wire/shapes.ts'
import { parseTimestamp } from '../../../aws/wire/timestamps.ts'
import { validate } from '../../../aws/wire/validate.ts'
import type { WireKnobs } from '../../../aws/wire/types.ts'
import { AwsError } from '../../../aws/errors.ts'

/**
 * Targets that name an operation instead of a resource: `arn:aws:scheduler:::aws-sdk:sqs:sendMessage`, with the
 * operation's input as JSON.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
 */

export type SdkOperation = { service: string; model: ServiceModel; operation: OperationModel }

/** The service and action that such an ARN names; undefined for any other. */
export function sdkAction(arn: string): { service: string; action: string } | undefined {
  const [, service, action] = /^arn:aws[a-z-]*:[a-z]+:::aws-sdk:([a-z0-9-]+):([A-Za-z0-9]+)$/.exec(arn) ?? []
  return service && action ? { service, action } : undefined
}

/** The model of a service by its name in the SDKs. */
export function sdkModel(service: string): ServiceModel | undefined {
  return loadModel(serviceOfSdk(service))
}

/** The operation that such an ARN names, if some service here has it. */
export function sdkOperation(arn: string): SdkOperation | undefined {
  const named = sdkAction(arn)
  const model = named && sdkModel(named.service)
  const name = model?.operations.find(each => each.toLowerCase() === named?.action.toLowerCase())
  const operation = name === undefined ? undefined : model?.operation(name)
  return model && operation ? { service: model.name, model, operation } : undefined
}

/**
 * An operation's input from JSON, as the operation would have read it from its own wire. Names of members are taken
 * in any case: those of some services start with a small letter in their models, and with a capital in the SDKs.
 * @throws AwsError when the input is not what the operation takes
 */
export function sdkInput({ model, operation }: SdkOperation, text: string, knobs: WireKnobs): Record<string, unknown> {
  const given = parsed(text)
  const input = operation.input ? readLoosely(operation.input, given) : {}
  validate(model, operation.name, input, knobs.validation === false ? { ...knobs, validation: REQUIRED } : knobs)
  return input
}

/** For services that check their input themselves, once it has the right types. */
const REQUIRED = { code: 'ValidationException' } as const

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) return value
  } catch {}
  throw mismatch('The input is not a JSON object')
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const mismatch = (message: string) => new AwsError('ValidationException', message)

/** A structure from JSON whose names may be in another case than the model's. @throws AwsError for values of other types */
export function readLoosely(shape: Structure, given: Record<string, unknown>): Record<string, unknown> {
  const read: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(given)) {
    const name = key.toLowerCase()
    const member = shape.members.find(each => each.name.toLowerCase() === name)
    if (member && value !== null) read[member.name] = readValue(member.shape, value, member.name)
  }
  return read
}

function readValue(shape: Shape, value: unknown, name: string): unknown {
  switch (shape.kind) {
    case 'structure':
      if (!isObject(value)) throw mismatch(`${name} must be an object`)
      return readLoosely(shape, value)
    case 'list':
      if (!Array.isArray(value)) throw mismatch(`${name} must be a list`)
      return value.map(item => readValue(shape.member, item, name))
    case 'map':
      if (!isObject(value)) throw mismatch(`${name} must be an object`)
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, readValue(shape.value, item, name)]))
    case 'document':
      return value
    default:
      return readScalar(shape.kind, value, name)
  }
}

function readScalar(kind: string, value: unknown, name: string): unknown {
  if (kind === 'string' || kind === 'blob') {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    return kind === 'blob' ? new TextEncoder().encode(text) : text
  }
  if (kind === 'boolean' && typeof value === 'boolean') return value
  if (kind === 'timestamp') {
    const date = parseTimestamp(String(value))
    if (date) return date
  } else if (kind !== 'boolean' && (typeof value === 'number' || typeof value === 'string')) {
    const number = value === '' ? Number.NaN : Number(value)
    if (Number.isFinite(number)) return number
  }
  throw mismatch(`${name} must be a ${kind}`)
}
