import type { Env } from '../../durable-objects/kernel/env.ts'
import { bareHost, labelsUnder } from '../../aws/namespaces.ts'

const AWS_S3 = /^(.+)\.s3(?:-accelerate|-website)?(?:[.-]dualstack)?(?:[.-][a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$/
const LOCAL_S3 = /^(.+)\.s3(?:[.-][a-z]{2,4}(?:-[a-z]+)+-\d)?\.localhost(?:\.localstack\.cloud)?$/
/** Local hosts that are services or namespaces, not buckets. */
const NOT_BUCKETS = /^(?:s3(?:[.-].*)?|fakecloud)$|\.(?:lambda-url|execute-api)(?:\.|$)/

/** The bucket that a virtual host names, or undefined when the host names none (path style). */
export function bucketOfHost(host: string, env: Env): string | undefined {
  const name = bareHost(host)
  const aws = AWS_S3.exec(name) ?? LOCAL_S3.exec(name)
  if (aws?.[1]) return aws[1]
  const labels = labelsUnder(host, env.FAKECLOUD_HOST)
  if (labels) return bucketUnderNamespace(labels)
  if (!name.endsWith('.localhost')) return undefined
  const bucket = name.slice(0, -'.localhost'.length)
  return NOT_BUCKETS.test(bucket) ? undefined : bucket
}

/** Labels nearest first: the namespace, perhaps `s3` (and a region), then the bucket's own labels. */
function bucketUnderNamespace(labels: string[]): string | undefined {
  let rest = labels.slice(1)
  const s3 = rest.indexOf('s3')
  if (s3 === 0 || s3 === 1) rest = rest.slice(s3 + 1)
  return rest.length > 0 ? rest.toReversed().join('.') : undefined
}
