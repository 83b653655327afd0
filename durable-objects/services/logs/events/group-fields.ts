import type { In, Out } from '../../../../aws/models/logs.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { type Range, readRows } from './event-rows.ts'
import { findEither } from '../groups/find-group.ts'
import { discover } from '../queries/insights/rows.ts'
import { expiryBound } from '../groups/retention.ts'

const MINUTE_MS = 60_000
/** As many events are looked at: AWS, too, goes by a sample. */
const MAX_EVENTS = 5000
const MAX_CHARACTERS = 4_000_000
/** Every event has these. */
const SYSTEM = ['@ingestionTime', '@log', '@logStream', '@message', '@timestamp']

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogGroupFields.html */
export function GetLogGroupFields(ctx: Ctx, input: In<'GetLogGroupFields'>): Out<'GetLogGroupFields'> {
  const group = findEither(ctx, input)
  const [from, to] =
    input.time === undefined
      ? [ctx.now - 15 * MINUTE_MS, ctx.now]
      : [input.time * 1000 - 8 * MINUTE_MS, input.time * 1000 + 8 * MINUTE_MS]
  const range: Range = { from: Math.max(from, expiryBound(ctx, group)), to, descending: true }
  const counts = new Map<string, number>()
  let [events, characters] = [0, 0]
  for (const { message } of readRows(ctx, { column: 'logGroup', id: group.id }, range, 256)) {
    events += 1
    characters += message.length
    for (const name of [...SYSTEM, ...discover({ message, logGroup: group.name }).keys()]) {
      counts.set(name, (counts.get(name) ?? 0) + 1)
    }
    if (events === MAX_EVENTS || characters > MAX_CHARACTERS) break
  }
  const logGroupFields = Array.from(counts, ([name, count]) => ({ name, percent: Math.round((count / events) * 100) }))
  return { logGroupFields: logGroupFields.toSorted((a, b) => b.percent - a.percent || (a.name < b.name ? -1 : 1)) }
}
