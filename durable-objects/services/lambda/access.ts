import type { Ctx } from '../../kernel/object/operation.ts'
import { arnAt, arnOf, parseArn } from '../../../aws/arn.ts'
import { type Access, type Input, present, textOf } from '../../shared/policy-access.ts'

/** Actions that are named otherwise than their operation. */
const ACTIONS: Readonly<Record<string, string>> = {
  Invoke: 'InvokeFunction',
  InvokeAsync: 'InvokeFunction',
  InvokeWithResponseStream: 'InvokeFunction',
  GetLayerVersionByArn: 'GetLayerVersion',
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html */
export function lambdaAccess(ctx: Ctx, input: Input): Access[] {
  const { operation } = ctx
  const access: Access = {
    action: `lambda:${ACTIONS[operation] ?? operation}`,
    resource: resourceOf(ctx, input),
    context: keysOf(ctx, input),
  }
  return [access, ...passedRole(input, access.resource)]
}

/** Whoever gives a function a role must be allowed to pass it. */
function passedRole({ Role }: Input, functionArn: string): Access[] {
  if (typeof Role !== 'string') return []
  const context = { 'iam:PassedToService': 'lambda.amazonaws.com', 'iam:AssociatedResourceArn': functionArn }
  return [{ action: 'iam:PassRole', resource: Role, context, elsewhere: true }]
}

function resourceOf(ctx: Ctx, input: Input): string {
  const { operation } = ctx
  const { Resource, ResourceArn, Arn, UUID, CodeSigningConfigArn, FunctionName, LayerName, VersionNumber } = input
  if (operation === 'CreateEventSourceMapping' || operation === 'ListEventSourceMappings') return '*'
  if (typeof UUID === 'string') return lambdaArn(ctx, `event-source-mapping:${UUID}`)
  if (typeof FunctionName === 'string') return functionArn(ctx, FunctionName, input.Qualifier)
  if (typeof LayerName === 'string') return layerArn(ctx, LayerName, VersionNumber)
  return [Resource, ResourceArn, Arn, CodeSigningConfigArn].map(textOf).find(text => parseArn(text)) ?? '*'
}

function keysOf({ operation }: Ctx, { FunctionName, FunctionUrlAuthType, AuthType, Principal, Layers }: Input) {
  return present({
    'lambda:FunctionUrlAuthType': FunctionUrlAuthType ?? AuthType,
    'lambda:Principal': Principal,
    'lambda:Layer': Array.isArray(Layers) ? Layers.map(textOf) : undefined,
    'lambda:FunctionArn': operation.endsWith('EventSourceMapping') ? FunctionName : undefined,
  })
}

const lambdaArn = ({ place }: Ctx, resource: string) => arnAt(place, 'lambda', resource)

/** `name`, `name:qualifier`, `account:function:name` or an ARN, with a qualifier of its own perhaps. */
function functionArn(ctx: Ctx, given: string, qualifier: unknown): string {
  const resource = parseArn(given)?.resource ?? given
  const named = resource.replace(/^(?:\d{12}:)?function:/, '')
  const [name = '', inName] = named.split(':')
  const version = inName ?? textOf(qualifier)
  const local = lambdaArn(ctx, `function:${name}${version ? `:${version}` : ''}`)
  const arn = parseArn(given)
  return arn ? arnOf({ ...arn, resource: parseArn(local)?.resource ?? '' }) : local
}

function layerArn(ctx: Ctx, given: string, version: unknown): string {
  const arn = parseArn(given) ? given : lambdaArn(ctx, `layer:${given}`)
  return typeof version === 'number' ? `${arn}:${version}` : arn
}
