import { ownerOf } from '../../../aws/arn.ts'
import type { ServiceDefinition } from '../object/operation.ts'

type Home = NonNullable<ServiceDefinition['home']>
type Input = Record<string, unknown>
type Named = { account?: string | undefined; region?: string | undefined }

/** An operation is served where its input says that things are; what it does not say is the caller's. */
export const homeWhere =
  (service: string, where: (input: Input, operation: string) => Named | undefined): Home =>
  (operation, input, place) => {
    const { account, region } = where(input, operation) ?? {}
    return { place: { ...place, account: account || place.account, region: region || place.region }, service }
  }

/** An operation is served by the account and region of the first ARN that its input has of these members. */
export const homeByArn = (service: string, members: readonly string[]): Home =>
  homeWhere(service, input => {
    const stated = members.map(name => input[name]).find(value => typeof value === 'string')
    return ownerOf(stated, service)
  })
