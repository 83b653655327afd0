import { AwsError } from '../../../../aws/errors.ts'

/** Names that older buckets may have, and so the most that a request may name. */
const NAMEABLE = /^[A-Za-z0-9._-]{3,255}$/
const CREATABLE = /^[a-z0-9](?:[a-z0-9.-]{1,61})[a-z0-9]$/
const RESERVED = /^(?:xn--|sthree-|amzn-s3-demo-)|(?:-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/
const ADDRESS = /^\d{1,3}(?:\.\d{1,3}){3}$/

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 * @throws AwsError InvalidBucketName
 */
export function checkNewBucketName(name: string): void {
  const allowed = CREATABLE.test(name) && !RESERVED.test(name) && !ADDRESS.test(name) && !/\.\.|\.-|-\./.test(name)
  if (!allowed) throw invalidBucketName(name)
}

/** @throws AwsError InvalidBucketName when no bucket can have that name */
export function checkBucketName(name: string): void {
  if (!NAMEABLE.test(name)) throw invalidBucketName(name)
}

function invalidBucketName(name: string): AwsError {
  return new AwsError('InvalidBucketName', 'The specified bucket is not valid.', 400, { BucketName: name })
}

const REGION = /^[a-z]{2}(?:-[a-z]+){1,3}-\d$/

/**
 * The region of a new bucket: what its constraint says, which must be the endpoint's own region; but us-east-1's
 * endpoint creates buckets anywhere.
 * @throws AwsError InvalidLocationConstraint, IllegalLocationConstraintException
 */
export function newBucketRegion(constraint: string | undefined, endpoint: string): string {
  const anywhere = endpoint === 'us-east-1'
  if (constraint === undefined || constraint === '') {
    if (anywhere) return endpoint
    throw incompatible('unspecified')
  }
  const region = constraint === 'EU' ? 'eu-west-1' : constraint
  if (!REGION.test(region) || (anywhere && region === 'us-east-1')) {
    const message = 'The specified location-constraint is not valid'
    throw new AwsError('InvalidLocationConstraint', message, 400, { LocationConstraint: constraint })
  }
  if (!anywhere && region !== endpoint) throw incompatible(constraint)
  return region
}

function incompatible(constraint: string): AwsError {
  const message = `The ${constraint} location constraint is incompatible for the region specific endpoint this request was sent to.`
  return new AwsError('IllegalLocationConstraintException', message, 400)
}
