import type { Place } from '../../../aws/place.ts'
import { arnAt, parseArn } from '../../../aws/arn.ts'
import { newAlias } from '../../shared/access-point-names.ts'

type Where = Pick<Place, 'account' | 'region'>

export const accessPointArn = (place: Where, name: string) => arnAt(place, 's3', `accesspoint/${name}`)

export const objectLambdaArn = (place: Where, name: string) => arnAt(place, 's3-object-lambda', `accesspoint/${name}`)

/** `my-point-<34 characters>-s3alias`, 63 characters at most. */
export const accessPointAlias = (place: Where, name: string) => newAlias(place, name, '-s3alias')
export const objectLambdaAlias = (place: Where, name: string) => newAlias(place, name, '--ol-s3')

/** The name of an access point of this place, from its name or ARN. */
export function nameIn(place: Where, text: string): string | undefined {
  const arn = parseArn(text)
  if (!arn) return text
  if (arn.account !== place.account || arn.region !== place.region) return undefined
  return /^accesspoint[/:](.+)$/.exec(arn.resource)?.[1]
}

/** The name of the host through which a function answers: `io-use1-001`. */
export function outputRoute(region: string): string {
  const initials = region
    .split('-')
    .map((part, index) =>
      index === 0 ? part : part.replace(/(north|south|central|east|west)/g, side => side.charAt(0)),
    )
  return `io-${initials.join('')}-001`.slice(0, 63)
}
