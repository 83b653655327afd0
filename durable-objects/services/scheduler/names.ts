import type { Place } from '../../../aws/place.ts'
import { arnOf, parseArn } from '../../../aws/arn.ts'

export const DEFAULT_GROUP = 'default'

const schedulerArn = ({ region, account }: Place, resource: string) =>
  arnOf({ service: 'scheduler', region, account, resource })

export const groupArn = (place: Place, name: string) => schedulerArn(place, `schedule-group/${name}`)

export const scheduleArn = (place: Place, group: string, name: string) =>
  schedulerArn(place, `schedule/${group}/${name}`)

/** The group of this place that an ARN names. */
export function groupOfArn(place: Place, text: string): string | undefined {
  const arn = parseArn(text)
  if (arn?.account !== place.account || arn.region !== place.region) return undefined
  return /^schedule-group\/(.+)$/.exec(arn.resource)?.[1]
}
