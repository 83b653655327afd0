import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { arnAt } from '../../../aws/arn.ts'
import type { InputEvent } from './events/batch.ts'
import { groupArn } from './groups/find-group.ts'
import type { MetricSettings } from './filters/metric-filters.ts'
import { parseEvent, valueAt } from './patterns/json-pattern.ts'
import type { GroupRow } from './schema.ts'
import type { Measure } from './subscriptions/subscribers.ts'
import { PRINCIPAL, systemFields } from './subscriptions/subscriptions.ts'

type Arrival = { group: GroupRow; logStream: string; events: readonly InputEvent[] }
type Transformation = MetricSettings['metricTransformations'][number]

/** PutMetricData's datum; the timestamp, in text, is the start of a minute. */
export type Datum = {
  MetricName: string
  Dimensions: { Name: string; Value: string }[]
  Timestamp: string
  Values: number[]
  Counts: number[]
  Unit: string
}

const MINUTE_MS = 60_000
/** PutMetricData takes as many values a datum. */
const MOST_VALUES = 150

/** CloudWatch Logs publishes a metric from the events of a batch that match a metric filter. */
export function publishMetrics(ctx: Tx, measure: Measure, arrival: Arrival): void {
  const { group, logStream } = arrival
  const system = systemFields(ctx, group.name)
  const events = measure.selects(system) ? arrival.events : []
  const found = events.filter(({ message }) => measure.pattern.matches(message))
  const emitted = (measure.settings.emitSystemFieldDimensions ?? []) as (keyof typeof system)[] // checked when it was put
  const dimensions = emitted.map(Name => ({ Name, Value: system[Name] }))
  for (const transformation of measure.settings.metricTransformations) {
    const { metricNamespace: Namespace, metricName } = transformation
    const to = arnAt(ctx.place, 'cloudwatch', `metric/${Namespace}/${metricName}`)
    const hop = {
      from: `${groupArn(ctx, group.name)}:*`,
      to,
      event: `metric ${metricName} of ${group.name} ${logStream}`,
    }
    const data =
      found.length > 0 ? dataOf(measure, transformation, found) : defaultData(ctx, measure, { transformation, group })
    if (data.length === 0) {
      const reason = `no event gives a value by the filter pattern '${measure.text}' of ${measure.name}`
      ctx.journal({ ...hop, outcome: 'filtered', reason })
      continue
    }
    const MetricData = data.map(datum => ({ ...datum, Dimensions: [...datum.Dimensions, ...dimensions] }))
    ctx.deliver({ ...hop, principal: PRINCIPAL, payload: JSON.stringify({ Namespace, MetricData }) })
  }
}

/** The values of matching events, those of one minute and one set of dimensions together. */
export function dataOf(
  { pattern }: Pick<Measure, 'pattern'>,
  { metricName, metricValue, dimensions = {}, unit = 'None' }: Transformation,
  events: readonly InputEvent[],
): Datum[] {
  const data = new Map<string, Datum[]>()
  for (const { timestamp, message } of events) {
    const field = fieldsOf(pattern, message)
    const value = metricValue.startsWith('$') ? Number(field(metricValue) || Number.NaN) : Number(metricValue)
    const Dimensions = Object.entries(dimensions).map(([Name, selector]) => ({ Name, Value: field(selector) }))
    // An event without the value, or without one of the dimensions, has nothing to say.
    if (!Number.isFinite(value) || Dimensions.some(({ Value }) => Value === '')) continue
    const Timestamp = new Date(Math.floor(timestamp / MINUTE_MS) * MINUTE_MS).toISOString()
    const key = JSON.stringify([Timestamp, Dimensions])
    const list = data.get(key) ?? []
    data.set(key, list)
    addValue(list, value, { MetricName: metricName, Dimensions, Timestamp, Values: [], Counts: [], Unit: unit })
  }
  return [...data.values()].flat()
}

function addValue(list: Datum[], value: number, empty: Datum): void {
  for (const { Values, Counts } of list) {
    const at = Values.indexOf(value)
    if (at < 0) continue
    Counts[at] = (Counts[at] ?? 0) + 1
    return
  }
  let last = list.at(-1)
  if (!last || last.Values.length === MOST_VALUES) {
    last = empty
    list.push(last)
  }
  last.Values.push(value)
  last.Counts.push(1)
}

/** What an event has under `$.user.id`, or `$status`; empty when it has nothing there. */
function fieldsOf(pattern: Measure['pattern'], message: string): (selector: string) => string {
  if (pattern.delimited) {
    const extracted = pattern.extract(message) ?? {}
    return selector => extracted[selector] ?? ''
  }
  const event = parseEvent(message)
  return selector => {
    const value = valueAt(selector, event)
    return value === undefined || value === null || typeof value === 'object' ? '' : String(value)
  }
}

/** A minute in which events came in, but none that matched, has the default value once. */
function defaultData(ctx: Ctx, measure: Measure, of: { transformation: Transformation; group: GroupRow }): Datum[] {
  const { defaultValue, metricName, unit = 'None' } = of.transformation
  if (defaultValue === undefined) return []
  const minute = Math.floor(ctx.now / MINUTE_MS) * MINUTE_MS
  const told = ctx.memory('logs.defaults', () => new Map<string, number>())
  const key = `${of.group.id}/${measure.name}`
  if (told.get(key) === minute) return []
  told.set(key, minute)
  const Timestamp = new Date(minute).toISOString()
  return [{ MetricName: metricName, Dimensions: [], Timestamp, Values: [defaultValue], Counts: [1], Unit: unit }]
}
