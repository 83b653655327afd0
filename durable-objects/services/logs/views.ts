import { z } from 'zod'
import { listing } from '../../kernel/listings/listings.ts'
import { paged, view } from '../../kernel/views/view.ts'
import type { DeliveryRow } from './deliveries/delivery-schema.ts'
import { settingsOf } from './deliveries/deliveries.ts'
import { groupByName } from './groups/find-group.ts'
import { fieldsOfDocument } from './queries/index-documents.ts'
import { policyOf } from './queries/index-policies.ts'

/** `createdAt` is in epoch milliseconds. */
export type LogsDeliveryConfiguration = {
  id: string
  name: string
  deliveryDestinationArn: string
  deliverySourceName: string
  logType: string
  recordFields: string[]
  fieldDelimiter?: string | undefined
  s3DeliveryConfiguration?: unknown
  createdAt: number
}
export type LogsDeliveryConfigResponse = { configurations: LogsDeliveryConfiguration[] }
/** Times are in epoch milliseconds. */
export type LogsFieldIndex = { fields: string[]; createdAt: number; lastUsedAt: number }
export type LogsFieldIndexesResponse = { logGroupName: string; indexes: LogsFieldIndex[] }
export type LogsAnomalyInjectRequest = {
  anomalyDetectorArn: string
  logGroupArns: string[]
  patternString: string
  priority?: string | undefined
}
export type LogsAnomalyInjectResponse = { anomalyId: string }

/** Every delivery of vended logs, with its source's type of log. */
export const deliveryConfig = view<LogsDeliveryConfigResponse>({
  none: { configurations: [] },
  by: 'createdAt',
  read(ctx, asked) {
    const { rows, next } = listing<DeliveryRow & { logType: string }>(ctx, paged(asked), {
      select: 'd.*, s.logType',
      from: 'logs_deliveries d JOIN logs_delivery_sources s ON s.name = d.source',
      key: ['d.createdAt', 'd.id'],
    })
    const configurations = rows.map(row => {
      const { recordFields = [], ...settings } = settingsOf(row)
      return {
        id: row.id,
        name: row.id,
        deliveryDestinationArn: row.destinationArn,
        deliverySourceName: row.source,
        logType: row.logType,
        recordFields,
        ...settings,
        createdAt: row.createdAt,
      }
    })
    return { configurations, next }
  },
})

/** The fields that a log group's own policy indexes; its name is with slashes as it is, or encoded. */
export const fieldIndexes = view<LogsFieldIndexesResponse, { logGroupName: string }>({
  path: 'logs/field-indexes/:logGroupName{.+}',
  parameters: z.object({ logGroupName: z.string() }),
  none: ({ logGroupName }) => `There is no log group ${logGroupName}`,
  read(ctx, { logGroupName }) {
    const group = groupByName(ctx, logGroupName)
    if (!group) return null
    const policy = policyOf(ctx, group)
    if (!policy) return { logGroupName, indexes: [] }
    const { document, createdAt, usedAt: lastUsedAt } = policy
    return { logGroupName, indexes: [{ fields: fieldsOfDocument(document), createdAt, lastUsedAt }] }
  },
})
