import type { Env } from '../../durable-objects/kernel/env.ts'
import type { WireRequest } from '../../aws/wire/types.ts'
import type { Edge } from './edges.ts'
import { accessPointOfHost, isObjectResponse, throughAccessPoint } from './s3-access-points.ts'
import { readFormUpload } from './s3-form.ts'
import { bucketOfHost } from './s3-hosts.ts'

/** Puts a virtual host's bucket, or what stands for one, into the path. */
export function pathStyle(wire: WireRequest, env: Env): WireRequest {
  if (isObjectResponse(wire)) return wire
  const point = accessPointOfHost(wire, env)
  const bucket = point === undefined ? bucketOfHost(wire.host, env) : encodeURIComponent(point)
  return bucket === undefined ? wire : { ...wire, path: `/${bucket}${wire.path}` }
}

/** Buckets and access points as hosts, access points in the place of buckets, and uploads by browsers' forms. */
export const s3Edge: Edge = {
  addressed: pathStyle,
  resolved: throughAccessPoint,
  forms: { PostObject: readFormUpload },
}
