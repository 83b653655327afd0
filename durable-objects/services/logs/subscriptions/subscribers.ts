import type { Ctx } from '../../../kernel/object/operation.ts'
import { readCriteria, type SystemFields } from '../filters/field-criteria.ts'
import { type FilterPattern, parseFilterPattern } from '../patterns/filter-pattern.ts'
import type { AccountPolicyRow, GroupRow, MetricFilterRow, SubscriptionFilterRow } from '../schema.ts'
import type { MetricSettings } from '../filters/metric-filters.ts'
import type { SubscriptionSettings } from './subscription-filters.ts'

/** Who gets a group's events: a filter, read once and asked for every batch. */
export type Subscriber = {
  name: string
  text: string
  pattern: FilterPattern
  destinationArn: string
  roleArn?: string | undefined
  random: boolean
  ofAccount: boolean
  selects: (fields: SystemFields) => boolean
  emits: readonly string[]
  transformed: boolean
}

/** A metric filter, read once. */
export type Measure = {
  name: string
  text: string
  pattern: FilterPattern
  settings: MetricSettings
  selects: (fields: SystemFields) => boolean
}

export type Listeners = { subscribers: Subscriber[]; measures: Measure[] }

const listenersIn = (ctx: Ctx) => ctx.memory('logs.listeners', () => new Map<number, Listeners>())

/** Who listens to a group; kept in memory until a filter or policy changes. */
export function listenersOf(ctx: Ctx, group: GroupRow): Listeners {
  const known = listenersIn(ctx)
  const found = known.get(group.id)
  if (found) return found
  const read = group.class === 'STANDARD' ? readListeners(ctx, group) : { subscribers: [], measures: [] }
  known.set(group.id, read)
  return read
}

/** A filter or policy has changed. */
export function forgetListeners(ctx: Ctx): void {
  listenersIn(ctx).clear()
}

function readListeners(ctx: Ctx, { id, name }: GroupRow): Listeners {
  const filters = ctx.sql.all<SubscriptionFilterRow>(
    'SELECT * FROM logs_subscription_filters WHERE logGroup = ? ORDER BY name',
    id,
  )
  const policies = ctx.sql.all<AccountPolicyRow>(
    "SELECT * FROM logs_account_policies WHERE type = 'SUBSCRIPTION_FILTER_POLICY' ORDER BY name",
  )
  const measures = ctx.sql.all<MetricFilterRow>(
    'SELECT * FROM logs_metric_filters WHERE logGroup = ? ORDER BY name',
    id,
  )
  return {
    subscribers: [
      ...filters.map(ofGroup),
      ...policies.filter(policy => !excludedBy(policy).includes(name)).map(ofAccount),
    ],
    measures: measures.map(measureOf),
  }
}

function measureOf({ name, pattern: text, settings: json }: MetricFilterRow): Measure {
  const settings = JSON.parse(json) as MetricSettings // written by PutMetricFilter
  return {
    name,
    text,
    pattern: parseFilterPattern(text),
    settings,
    selects: readCriteria(settings.fieldSelectionCriteria),
  }
}

function ofGroup({ name, pattern, settings }: SubscriptionFilterRow): Subscriber {
  const kept = JSON.parse(settings) as SubscriptionSettings // written by PutSubscriptionFilter
  return {
    name,
    text: pattern,
    pattern: parseFilterPattern(pattern),
    destinationArn: kept.destinationArn,
    roleArn: kept.roleArn,
    random: kept.distribution === 'Random',
    ofAccount: false,
    selects: readCriteria(kept.fieldSelectionCriteria),
    emits: kept.emitSystemFields ?? [],
    transformed: kept.applyOnTransformedLogs,
  }
}

type Document = { DestinationArn: string; RoleArn?: string; FilterPattern?: string; Distribution?: string }

function ofAccount({ name, document }: AccountPolicyRow): Subscriber {
  const { DestinationArn, RoleArn, FilterPattern = '', Distribution } = JSON.parse(document) as Document // checked by PutAccountPolicy
  return {
    name,
    text: FilterPattern,
    pattern: parseFilterPattern(FilterPattern),
    destinationArn: DestinationArn,
    roleArn: RoleArn,
    random: Distribution === 'Random',
    ofAccount: true,
    selects: () => true,
    emits: [],
    transformed: false,
  }
}

/** The groups that a policy leaves out: `LogGroupName NOT IN ["a", "b"]`. */
function excludedBy({ selection }: AccountPolicyRow): string[] {
  return Array.from((selection ?? '').matchAll(/"([^"]*)"|'([^']*)'/g), ([, double, single]) => double ?? single ?? '')
}
