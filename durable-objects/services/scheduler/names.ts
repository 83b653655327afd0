import type { Place } from '../../../aws/place.ts'
import { arnAt, resourceAt } from '../../../aws/arn.ts'

export const DEFAULT_GROUP = 'default'

const schedulerArn = (place: Place, resource: string) => arnAt(place, 'scheduler', resource)

export const groupArn = (place: Place, name: string) => schedulerArn(place, `schedule-group/${name}`)

export const scheduleArn = (place: Place, group: string, name: string) =>
  schedulerArn(place, `schedule/${group}/${name}`)

/** The group of this place that an ARN names. */
export function groupOfArn(place: Place, text: string): string | undefined {
  return /^schedule-group\/(.+)$/.exec(resourceAt(place, 'scheduler', text) ?? '')?.[1]
}
