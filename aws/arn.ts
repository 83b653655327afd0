import { isRegion } from './place.ts'

/** The parts of an ARN: `arn:partition:service:region:account:resource`. */
export type Arn = { partition: string; service: string; region: string; account: string; resource: string }

/** Whose something is: an account's, in a region. */
export type Owner = { account: string; region: string }

/** Parses an ARN; undefined when the text is not one. The resource keeps its own colons and slashes. */
export function parseArn(text: string): Arn | undefined {
  const parts = text.split(':')
  if (parts.length < 6 || parts[0] !== 'arn') return undefined
  const [, partition = '', service = '', region = '', account = '', ...resource] = parts
  if (!partition || !service) return undefined
  return { partition, service, region, account, resource: resource.join(':') }
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
const PARTITIONS: readonly [prefix: string, partition: string][] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['us-isof-', 'aws-iso-f'],
  ['eu-isoe-', 'aws-iso-e'],
  ['eusc-', 'aws-eusc'],
]

/** The partition that a region is part of; without one, the usual. */
export function partitionOf(region: string): string {
  return PARTITIONS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws'
}

type ArnParts = { partition?: string; service: string; region?: string; account?: string; resource: string }

/** Writes an ARN, of its region's partition; region and account are left empty where the service has none. */
export function arnOf({
  service,
  region = '',
  account = '',
  resource,
  partition = partitionOf(region),
}: ArnParts): string {
  return `arn:${partition}:${service}:${region}:${account}:${resource}`
}

/** ARN of something of a service's in a place. */
export function arnAt({ region, account }: Owner, service: string, resource: string): string {
  return arnOf({ service, region, account, resource })
}

/** An account as a principal. */
export const rootArn = (account: string) => arnOf({ service: 'iam', account, resource: 'root' })

export const isAccount = (text: string) => /^\d{12}$/.test(text)

/** The account and region of an ARN of a service's; undefined for any other text, and for what can be neither. */
export function ownerOf(text: unknown, service: string): Owner | undefined {
  const arn = typeof text === 'string' ? parseArn(text) : undefined
  if (arn?.service !== service || !isAccount(arn.account) || !isRegion(arn.region)) return undefined
  return { account: arn.account, region: arn.region }
}

/** What an ARN of a service's names in a place; undefined for what is none, or is elsewhere. */
export function resourceAt(place: Owner, service: string, text: string): string | undefined {
  const arn = parseArn(text)
  const here = arn?.service === service && arn.account === place.account && arn.region === place.region
  return here ? arn.resource : undefined
}
