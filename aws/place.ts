/** Where everything that exists, exists: a namespace is a hard boundary, account and region are AWS's own. */
export type Place = { namespace: string; account: string; region: string }

/** The region of services that have none (IAM, STS's global names, the index of S3 buckets). */
export const GLOBAL_REGION = 'aws-global'
export const DEFAULT_NAMESPACE = 'main'
export const DEFAULT_ACCOUNT = '123456789012'
export const DEFAULT_REGION = 'us-east-1'

/** The account and region of an object whose name is global in its namespace, such as a bucket, until it is claimed. */
export const UNCLAIMED = '-'

/** The name of a ServiceObject: `<namespace>/<account>/<region>/<service>[/<resource>]`. */
export type ObjectAddress = { place: Place; service: string; resource?: string | undefined }

/** workerd forgets names of more than 1024 bytes. No resource that can exist has a name as long: its object refuses it. */
const MOST_RESOURCE = 300

export function objectName({ place, service, resource }: ObjectAddress): string {
  const name = `${place.namespace}/${place.account}/${place.region}/${service}`
  return resource === undefined ? name : `${name}/${resource.slice(0, MOST_RESOURCE)}`
}

export function parseObjectName(name: string): ObjectAddress {
  const [namespace = '', account = '', region = '', service = '', ...rest] = name.split('/')
  const place = { namespace, account, region }
  return rest.length === 0 ? { place, service } : { place, service, resource: rest.join('/') }
}

/** Namespace names are DNS labels, so that each can be a host of its own. */
export const NAMESPACE_PATTERN = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
