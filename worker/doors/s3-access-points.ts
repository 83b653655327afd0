import { objectOf } from '../../aws/place.ts'
import { arnAt } from '../../aws/arn.ts'
import type { Env } from '../../durable-objects/kernel/env.ts'
import { type NamedPoint, namedPoint } from '../../durable-objects/shared/access-point-names.ts'
import { AwsError } from '../../aws/errors.ts'
import { askObject } from '../../durable-objects/kernel/object/calls.ts'
import { bucketOfHost } from './s3-hosts.ts'
import { credentialScope } from '../../aws/wire/detect.ts'
import type { Decoded, WireRequest } from '../../aws/wire/types.ts'
import type { Routed } from '../route.ts'

/*
 * S3's access points stand where a bucket does: as an ARN, by an alias, or by a host of their own. Here they become the
 * bucket behind them, or, for what Object Lambda is to answer, its ARN.
 */

const HOST =
  /^(.+)\.(s3-accesspoint|s3-object-lambda)(?:-fips)?(?:\.dualstack)?\.([a-z]{2,4}(?:-[a-z]+)+-\d)\.amazonaws\.com(?:\.cn)?$/
const NAME_AND_ACCOUNT = /^([a-z0-9-]{3,50})-(\d{12})$/

/** A function's answer, whose host names only a route. */
export const isObjectResponse = ({ method, path }: WireRequest) =>
  method === 'POST' && path === '/WriteGetObjectResponse'

/** What a host names in the place of a bucket, when it is an access point's. */
export function accessPointOfHost(wire: WireRequest, env: Env): string | undefined {
  const [, label = '', kind, region = ''] = HOST.exec(wire.host.replace(/:\d+$/, '').toLowerCase()) ?? []
  if (kind) return arnOfLabel(label, { service: kind === 's3-accesspoint' ? 's3' : kind, region }) ?? label
  // On an endpoint of one's own, only how the request is signed tells it from a bucket's host.
  const scope = credentialScope(wire)
  if (scope?.service !== 's3-object-lambda') return undefined
  const bucket = bucketOfHost(wire.host, env)
  return bucket && arnOfLabel(bucket, { service: scope.service, region: scope.region })
}

function arnOfLabel(label: string, { service, region }: { service: string; region: string }): string | undefined {
  const [, name, account] = NAME_AND_ACCOUNT.exec(label) ?? []
  return name && account ? arnAt({ region, account }, service, `accesspoint/${name}`) : undefined
}

/**
 * An operation on an access point as one on what stands behind it.
 * @throws AwsError NoSuchAccessPoint
 */
export async function throughAccessPoint(
  { operation, input }: Decoded,
  { routed, env }: { routed: Routed; env: Env },
): Promise<Record<string, unknown>> {
  const { Bucket } = input
  if (typeof Bucket !== 'string') return input
  const named = namedPoint(Bucket)
  const point = named ?? maybePoint(Bucket, routed, env)
  if (!point) return input
  const found = await resolve(point, operation, { routed, env })
  if (found) return { ...input, Bucket: 'bucket' in found ? found.bucket : found.objectLambda }
  if (!named) return input
  throw new AwsError('NoSuchAccessPoint', 'The specified accesspoint does not exist', 404)
}

/** `<name>-<account>.<endpoint>` may be a bucket's host, too, but for S3's own hosts. */
function maybePoint(bucket: string, { wire }: Routed, env: Env): NamedPoint | undefined {
  const [, name, account] = NAME_AND_ACCOUNT.exec(bucket) ?? []
  if (!name || !account || /\.s3[.-]/.test(wire.host) || bucketOfHost(wire.host, env) !== bucket) return undefined
  return { kind: 'access-point', name, account, region: credentialScope(wire)?.region || 'us-east-1' }
}

async function resolve(point: NamedPoint, operation: string, { routed, env }: { routed: Routed; env: Env }) {
  const { kind, account, region, name, alias } = point
  const place = { namespace: routed.namespace, account, region }
  const input = { kind, operation, name, alias }
  const question = { service: 's3control', operation: 'ResolveAccessPoint', input } as const
  return await askObject(env, objectOf(place, 's3control'), question)
}
