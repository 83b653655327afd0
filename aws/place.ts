import { AwsError } from './errors.ts'

/** Where everything that exists, exists: a namespace is a hard boundary, account and region are AWS's own. */
export type Place = { namespace: string; account: string; region: string }

/** The region of services that have none (IAM, STS's global names, the index of S3 buckets). */
export const GLOBAL_REGION = 'aws-global'
export const DEFAULT_NAMESPACE = 'main'
export const DEFAULT_ACCOUNT = '123456789012'
export const DEFAULT_REGION = 'us-east-1'

/** The account and region of an object whose name is global in its namespace, such as a bucket, until it is claimed. */
export const UNCLAIMED = '-'

/** Where a service's state lives: with its place's other services, or, for a resource that has one, in an object of its own. */
export type ObjectAddress = { place: Place; service: string; resource?: string | undefined }

/** Parts of the world and of them, as AWS names its regions: `eu-central-2`, `us-gov-west-1`, `us-iso-east-1`. */
const REGION =
  /^(?:af|ap|ca|cn|eu|eusc-[a-z]{2}|il|me|mx|sa|us|us-gov|us-iso|us-isob|us-isof|eu-isoe)-(?:central|(?:north|south)?(?:east|west)|north|south)-\d$/

/** Whether a name is one that a region of AWS's could have. */
export function isRegion(name: string): boolean {
  return REGION.test(name)
}

/** workerd forgets names of more than 1024 bytes. No resource that can exist has a name as long: its object refuses it. */
const MOST_RESOURCE = 300

/**
 * The name of the object in which a service's state lives: `<namespace>/<account>/<region>[/<service>/<resource>]`.
 * Nothing else knows where things live.
 * @throws AwsError for an account or a region that there cannot be: it would become an object of its own
 */
export function objectOf(place: Place, service: string, resource?: string): string {
  const { account, region } = place
  if (!/^\d{12}$/.test(account) && account !== UNCLAIMED) {
    throw new AwsError('ValidationException', `${account || 'nothing'} is no account: those have 12 digits`)
  }
  if (!isRegion(region) && region !== GLOBAL_REGION && region !== UNCLAIMED) {
    throw new AwsError('ValidationException', `${region || 'nothing'} is no region`)
  }
  const name = `${place.namespace}/${place.account}/${place.region}`
  return resource === undefined ? name : `${name}/${service}/${resource.slice(0, MOST_RESOURCE)}`
}

/** An object's name, read. `service` is set for one that holds a resource of that service alone. */
export type ObjectFacts = { place: Place; service?: string | undefined; resource?: string | undefined }

export function parseObjectName(name: string): ObjectFacts {
  const [namespace = '', account = '', region = '', service, ...rest] = name.split('/')
  const place = { namespace, account, region }
  return service === undefined ? { place } : { place, service, resource: rest.join('/') }
}

/** Whether an object may hold something of a service. */
export function mayHold(name: string, service: string): boolean {
  const facts = parseObjectName(name)
  return facts.service === undefined || facts.service === service
}

/** Namespace names are DNS labels, so that each can be a host of its own. */
export const NAMESPACE_PATTERN = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
