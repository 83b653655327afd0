import { AwsError } from '../../../aws/errors.ts'
import type { AvailabilityZone, In, Out, Region } from '../../../aws/models/ec2.types.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import { matcher } from './filters.ts'
import { invalid } from './refusals.ts'
import { defaultVpc } from './default-vpc.ts'

/** Regions, how their zones' ids begin, and the letters of these; `+` where an account must opt in. */
const REGIONS = `
us-east-1 use1 abcdef; us-east-2 use2 abc; us-west-1 usw1 ac; us-west-2 usw2 abcd; ca-central-1 cac1 abd;
eu-west-1 euw1 abc; eu-west-2 euw2 abc; eu-west-3 euw3 abc; eu-central-1 euc1 abc; eu-north-1 eun1 abc;
ap-northeast-1 apne1 acd; ap-northeast-2 apne2 abcd; ap-northeast-3 apne3 abc; ap-southeast-1 apse1 abc;
ap-southeast-2 apse2 abc; ap-south-1 aps1 abc; sa-east-1 sae1 abc; af-south-1 afs1 abc+; ap-east-1 ape1 abc+;
ap-east-2 ape2 abc+; ap-south-2 aps2 abc+; ap-southeast-3 apse3 abc+; ap-southeast-4 apse4 abc+;
ap-southeast-5 apse5 abc+; ap-southeast-7 apse7 abc+; ca-west-1 caw1 abc+; eu-central-2 euc2 abc+;
eu-south-1 eus1 abc+; eu-south-2 eus2 abc+; il-central-1 ilc1 abc+; me-central-1 mec1 abc+; me-south-1 mes1 abc+;
mx-central-1 mxc1 abc+`

const regions = REGIONS.trim()
  .split(/;\s*/)
  .map(line => {
    const [name = '', id = '', letters = ''] = line.split(' ')
    return { name, id, letters: letters.replace('+', ''), optIn: letters.endsWith('+') }
  })

/** The zones of a region; one that is not in the list has three. */
export function zonesOf({ place }: Ctx): AvailabilityZone[] {
  const known = regions.find(({ name }) => name === place.region)
  const { id, letters } = known ?? { id: place.region.replaceAll('-', ''), letters: 'abc' }
  return [...letters].map((letter, index) => ({
    ZoneName: `${place.region}${letter}`,
    ZoneId: `${id}-az${index + 1}`,
    RegionName: place.region,
    State: 'available',
    OptInStatus: 'opt-in-not-required',
    Messages: [],
    GroupName: `${place.region}-zg-1`,
    NetworkBorderGroup: place.region,
    ZoneType: 'availability-zone',
  }))
}

/** @throws AwsError InvalidParameterValue */
export function findZone(ctx: Ctx, name: string): AvailabilityZone {
  const zones = zonesOf(ctx)
  const zone = zones.find(({ ZoneName }) => ZoneName === name)
  if (zone) return zone
  const all = zones.map(({ ZoneName }) => ZoneName).join(', ')
  throw invalid(
    `Value (${name}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ${all}.`,
  )
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html */
export function DescribeAvailabilityZones(
  ctx: Ctx,
  { ZoneNames, ZoneIds, Filters }: In<'DescribeAvailabilityZones'>,
): Out<'DescribeAvailabilityZones'> {
  const zones = zonesOf(ctx)
  const unknown = ZoneNames?.find(name => !zones.some(({ ZoneName }) => ZoneName === name))
  if (unknown !== undefined) throw invalid(`Invalid availability zone: [${unknown}]`)
  const filters = `group-name message=Messages.Message opt-in-status region-name state zone-id zone-name zone-type
    parent-zone-id parent-zone-name`
  const matches = matcher<AvailabilityZone>(filters, Filters, () => [])
  const asked = ({ ZoneName = '', ZoneId = '' }: AvailabilityZone) =>
    (ZoneNames?.includes(ZoneName) ?? true) && (ZoneIds?.includes(ZoneId) ?? true)
  return { AvailabilityZones: zones.filter(asked).filter(matches) }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html */
export function DescribeRegions(
  _ctx: Ctx,
  { RegionNames, AllRegions, Filters }: In<'DescribeRegions'>,
): Out<'DescribeRegions'> {
  const unknown = RegionNames?.find(each => !regions.some(({ name }) => name === each))
  if (unknown !== undefined) throw new AwsError('InvalidRegionName', `The region '${unknown}' does not exist.`)
  const wanted = regions.filter(({ name, optIn }) => RegionNames?.includes(name) ?? (AllRegions || !optIn))
  const all = wanted.map(({ name, optIn }) => ({
    RegionName: name,
    Endpoint: `ec2.${name}.amazonaws.com`,
    OptInStatus: optIn ? 'not-opted-in' : 'opt-in-not-required',
  }))
  const matches = matcher<Region>('endpoint opt-in-status region-name', Filters, () => [])
  return { Regions: all.filter(matches) }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAccountAttributes.html */
export function DescribeAccountAttributes(
  ctx: Ctx,
  { AttributeNames }: In<'DescribeAccountAttributes'>,
): Out<'DescribeAccountAttributes'> {
  const attributes = {
    'supported-platforms': 'VPC',
    'vpc-max-security-groups-per-interface': '5',
    'max-elastic-ips': '5',
    'max-instances': '20',
    'vpc-max-elastic-ips': '5',
    'default-vpc': defaultVpc(ctx)?.VpcId ?? 'none',
  }
  const wanted = Object.entries(attributes).filter(([name]) => AttributeNames?.includes(name) ?? true)
  return {
    AccountAttributes: wanted.map(([AttributeName, AttributeValue]) => ({
      AttributeName,
      AttributeValues: [{ AttributeValue }],
    })),
  }
}

/** Where names of private addresses end. */
export const internalDomain = ({ place }: Ctx) =>
  place.region === 'us-east-1' ? 'ec2.internal' : `${place.region}.compute.internal`

export const publicName = ({ place }: Ctx, address: string) => {
  const domain = place.region === 'us-east-1' ? 'compute-1' : `${place.region}.compute`
  return `ec2-${address.replaceAll('.', '-')}.${domain}.amazonaws.com`
}
