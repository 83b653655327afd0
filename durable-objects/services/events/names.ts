import { homeWhere } from '../../kernel/resources/home.ts'
import { arnAt, type Owner, ownerOf, parseArn } from '../../../aws/arn.ts'

/** ARN of something of EventBridge's in a place. */
export const eventsArn = (place: Owner, resource: string) => arnAt(place, 'events', resource)

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
export const ownerOfBus = (nameOrArn: unknown) => ownerOf(nameOrArn, 'events')

/** A bus's ARN leads to its account and region. */
export const home = homeWhere('events', ({ EventBusName, Name, Entries }, operation) => {
  const first: unknown = Array.isArray(Entries) ? Entries[0] : undefined
  const entry = typeof first === 'object' && first !== null ? Reflect.get(first, 'EventBusName') : undefined
  return ownerOfBus(operation === 'DescribeEventBus' ? Name : (EventBusName ?? entry))
})
