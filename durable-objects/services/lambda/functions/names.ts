import type { Ctx } from '../../../kernel/object/operation.ts'
import { homeWhere } from '../../../kernel/resources/home.ts'
import type { Place } from '../../../../aws/place.ts'
import { arnAt } from '../../../../aws/arn.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { invalidParameter, notFound } from '../errors.ts'

/** The parts of a function's name, partial ARN or ARN. */
export type FunctionReference = {
  name: string
  qualifier?: string | undefined
  account?: string | undefined
  region?: string | undefined
}

const REFERENCE =
  /^(?:arn:aws[a-zA-Z-]*:lambda:)?(?:([a-z]{2,4}(?:-[a-z]+)+-\d):)?(?:(\d{12}):)?(?:function:)?([a-zA-Z0-9-_.]+)(?::(\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9-_]+))?$/

/** Reads `name`, `name:qualifier`, `account:function:name` or an ARN; undefined for any other text. */
export function parseFunctionName(text: string): FunctionReference | undefined {
  const match = REFERENCE.exec(text)
  if (!match?.[3]) return undefined
  return { name: match[3], qualifier: match[4], account: match[2], region: match[1] }
}

/** The account that a function, layer or their like is named with leads there. */
export const home = homeWhere('lambda', ({ FunctionName, Resource, ResourceArn, LayerName, Arn }) => {
  const named = FunctionName ?? Resource ?? ResourceArn ?? LayerName ?? Arn
  return { account: typeof named === 'string' ? /(?:^|:)(\d{12}):/.exec(named)?.[1] : undefined }
})

/** ARN of a function, or of a version or alias of it. */
export function functionArn(place: Place, name: string, qualifier?: string): string {
  return arnAt(place, 'lambda', qualifier === undefined ? `function:${name}` : `function:${name}:${qualifier}`)
}

/** A function as a request names it, in the place that serves the request. */
export type NamedFunction = { name: string; qualifier: string | undefined; arn: string }

/** @throws ResourceNotFoundException for another region's ARN; InvalidParameterValueException when two qualifiers differ */
export function namedFunction(
  ctx: Ctx,
  input: { FunctionName: string; Qualifier?: string | undefined },
): NamedFunction {
  const reference = parseFunctionName(input.FunctionName)
  if (!reference) throw badName(input.FunctionName)
  const { name, region } = reference
  if (region !== undefined && region !== ctx.place.region) {
    throw notFound(`Functions from '${region}' are not reachable in this region ('${ctx.place.region}')`)
  }
  if (input.Qualifier && reference.qualifier && reference.qualifier !== input.Qualifier) {
    throw invalidParameter('The derived qualifier from the function name does not match the specified qualifier.')
  }
  const qualifier = input.Qualifier || reference.qualifier
  return { name, qualifier, arn: functionArn(ctx.place, name, qualifier) }
}

function badName(text: string): AwsError {
  const pattern =
    '(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?'
  const message = `1 validation error detected: Value '${text}' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: ${pattern}`
  return new AwsError('ValidationException', message)
}

/** Digits alone name a version. */
export const isVersion = (qualifier: string) => /^\d+$/.test(qualifier)
