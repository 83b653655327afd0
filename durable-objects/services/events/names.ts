import type { ObjectAddress, Place } from '../../../aws/place.ts'
import { arnOf, parseArn } from '../../../aws/arn.ts'

type Owner = Pick<Place, 'account' | 'region'>

/** ARN of something of EventBridge's in a place. */
export function eventsArn({ account, region }: Owner, resource: string): string {
  return arnOf({ service: 'events', region, account, resource })
}

export const busArn = (place: Owner, name: string) => eventsArn(place, `event-bus/${name}`)

/** Rules of the default bus do not name it. */
export function ruleArn(place: Owner, { bus, name }: { bus: string; name: string }): string {
  return eventsArn(place, bus === 'default' ? `rule/${name}` : `rule/${bus}/${name}`)
}

/** The bus that a request names, by its name or its ARN. */
export function busName(nameOrArn: string | undefined): string {
  if (nameOrArn === undefined) return 'default'
  return /^event-bus\/(.+)$/s.exec(parseArn(nameOrArn)?.resource ?? '')?.[1] ?? nameOrArn
}

/** The account and region of a bus's ARN; undefined for a mere name. */
export function ownerOfBus(nameOrArn: unknown): Owner | undefined {
  const arn = typeof nameOrArn === 'string' ? parseArn(nameOrArn) : undefined
  const valid =
    arn?.service === 'events' && /^\d{12}$/.test(arn.account) && /^[a-z]{2,4}(?:-[a-z]+)+-\d$/.test(arn.region)
  return valid && arn ? { account: arn.account, region: arn.region } : undefined
}

/** The object of the account and region that a bus's ARN names, else of the caller's. */
export function home(operation: string, input: Record<string, unknown>, place: Place): ObjectAddress {
  const { EventBusName, Name, Entries } = input
  const first: unknown = Array.isArray(Entries) ? Entries[0] : undefined
  const entry = typeof first === 'object' && first !== null ? Reflect.get(first, 'EventBusName') : undefined
  const named = operation === 'DescribeEventBus' ? Name : (EventBusName ?? entry)
  return { place: { ...place, ...ownerOfBus(named) }, service: 'events' }
}
