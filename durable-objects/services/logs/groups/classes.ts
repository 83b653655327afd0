import { invalidOperation, invalidParameter } from '../refusals.ts'
import type { GroupRow } from '../schema.ts'

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html

/** Only groups of the standard class give their events to these operations. */
export function checkReadable(group: GroupRow): void {
  if (group.class === 'STANDARD') return
  throw invalidParameter(`This operation is not supported for log groups of class ${group.class}.`)
}

/** Only groups of the standard class have filters. */
export function checkFilterable(group: GroupRow): void {
  if (group.class === 'STANDARD') return
  throw invalidOperation(`This operation is not supported for log groups of class ${group.class}.`)
}
