import type { Place } from '../../aws/place.ts'
import { ownerOf, parseArn } from '../../aws/arn.ts'
import { randomHex } from '../../aws/ids.ts'

/**
 * Names of S3's access points, as requests have them in the place of a bucket: an ARN, or an alias. An alias says where
 * its access point is, so that no index is needed to find it.
 */
export type NamedPoint = { kind: 'access-point' | 'object-lambda'; account: string; region: string } & (
  | { name: string; alias?: undefined }
  | { alias: string; name?: undefined }
)

type Where = Pick<Place, 'account' | 'region'>

const CODE_LENGTH = 34
const ALIAS = /^[a-z0-9-]*?-([a-z0-9]{34})(-s3alias|--ol-s3)$/
const REGION = /^(usgov|[a-z]{2})((?:north|south|central)?(?:east|west)?)(\d)/

export function newAlias({ account, region }: Where, name: string, suffix: '-s3alias' | '--ol-s3'): string {
  const place = Number(account).toString(36).padStart(8, '0') + region.replaceAll('-', '')
  const code = (place + randomHex(CODE_LENGTH)).slice(0, CODE_LENGTH)
  return `${name.slice(0, 63 - CODE_LENGTH - 1 - suffix.length).replace(/-+$/, '')}-${code}${suffix}`
}

/** The access point that stands for a bucket; undefined for what is a bucket's name. */
export function namedPoint(bucket: string): NamedPoint | undefined {
  if (bucket.startsWith('arn:')) return pointOfArn(bucket)
  const [, code = '', suffix] = ALIAS.exec(bucket) ?? []
  const [, area = '', side = '', number = ''] = REGION.exec(code.slice(8)) ?? []
  const account = Number.parseInt(code.slice(0, 8), 36)
  if (!suffix || !area || !(account < 1e12)) return undefined
  const region = `${area === 'usgov' ? 'us-gov' : area}-${side}-${number}`
  const kind = suffix === '-s3alias' ? 'access-point' : 'object-lambda'
  return { kind, account: String(account).padStart(12, '0'), region, alias: bucket }
}

function pointOfArn(text: string): NamedPoint | undefined {
  const arn = parseArn(text)
  const name = /^accesspoint[/:]([a-z0-9-]{3,50})$/.exec(arn?.resource ?? '')?.[1]
  if (!arn || !name || !ownerOf(text, arn.service)) return undefined
  const { account, region, service } = arn
  if (service === 's3') return { kind: 'access-point', account, region, name }
  return service === 's3-object-lambda' ? { kind: 'object-lambda', account, region, name } : undefined
}
