import type { Ctx } from '../../kernel/object/operation.ts'
import { arnAt, parseArn } from '../../../aws/arn.ts'
import { type Access, type Input, present, textOf } from '../../shared/policy-access.ts'

/** Resources by the member of an input that names them. */
const KINDS: readonly [RegExp, string][] = [
  [/ApiDestination$/, 'api-destination'],
  [/Archive$/, 'archive'],
  [/Connection$/, 'connection'],
  [/Endpoint$/, 'endpoint'],
  [/Replay$/, 'replay'],
  [/EventSource$/, 'event-source'],
]

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html */
export function eventsAccess(ctx: Ctx, input: Input): Access[] {
  const { operation } = ctx
  const action = `events:${operation}`
  if (operation === 'PutEvents') return putAccess(ctx, input)
  if (operation === 'TestEventPattern') return [{ action, resource: '*' }]
  if (typeof input.ResourceARN === 'string') return [{ action, resource: input.ResourceARN }]
  const rule = operation.endsWith('Targets') || operation === 'ListTargetsByRule' ? input.Rule : input.Name
  if (/Rule$|Targets$/.test(operation))
    return [{ action, resource: ruleArn(ctx, input, textOf(rule)) }, ...passedRoles(input)]
  if (/EventBus$|Permission$|^ListRule/.test(operation)) {
    return [{ action, resource: busArn(ctx, textOf(input.EventBusName ?? input.Name)) }]
  }
  const kind = KINDS.find(([pattern]) => pattern.test(operation))?.[1]
  const name = textOf(input.Name ?? input.ArchiveName ?? input.ReplayName)
  return [{ action, resource: kind ? eventsArn(ctx, `${kind}/${name}`) : '*' }]
}

/** Each entry is asked for on its bus. */
function putAccess(ctx: Ctx, { Entries }: Input): Access[] {
  const entries: Input[] = Array.isArray(Entries) ? Entries : []
  return entries.map(({ EventBusName, Source, DetailType }) => ({
    action: 'events:PutEvents',
    resource: busArn(ctx, textOf(EventBusName)),
    context: present({ 'events:source': Source, 'events:detail-type': DetailType }),
  }))
}

/** Whoever gives a rule or a target a role must be allowed to pass it. */
function passedRoles({ RoleArn, Targets }: Input): Access[] {
  const targets: Input[] = Array.isArray(Targets) ? Targets : []
  const roles = new Set([RoleArn, ...targets.map(target => target.RoleArn)].filter(role => typeof role === 'string'))
  const context = { 'iam:PassedToService': 'events.amazonaws.com' }
  return [...roles].map(role => ({ action: 'iam:PassRole', resource: role, context, elsewhere: true }))
}

const eventsArn = ({ place }: Ctx, resource: string) => arnAt(place, 'events', resource)

const busArn = (ctx: Ctx, name: string) => (parseArn(name) ? name : eventsArn(ctx, `event-bus/${name || 'default'}`))

function ruleArn(ctx: Ctx, { EventBusName }: Input, name: string): string {
  const bus = busArn(ctx, textOf(EventBusName)).replace(/^.*event-bus\//, '')
  return eventsArn(ctx, bus === 'default' ? `rule/${name}` : `rule/${bus}/${name}`)
}
