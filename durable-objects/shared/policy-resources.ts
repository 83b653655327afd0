const PARTITIONS = /^(?:\*|aws|aws-cn|aws-us-gov|aws-iso|aws-iso-[bef]|aws-eusc)$/

const IAM_PATHS = [
  'user/',
  'federated-user/',
  'role/',
  'group/',
  'instance-profile/',
  'mfa/',
  'server-certificate/',
  'policy/',
  'sms-mfa/',
  'saml-provider/',
  'oidc-provider/',
  'report/',
  'access-report/',
]

/** What IAM says against a Resource of a policy; undefined when nothing. */
export function resourceFault(resource: string): string | undefined {
  if (resource === '*' || resource === '') return undefined
  const [head, partition, service = '', region = '', account, ...rest] = resource.split(':')
  if (partition === undefined || head !== 'arn') {
    return partition === undefined
      ? `Resource ${resource} must be in ARN format or "*".`
      : 'The policy failed legacy parsing'
  }
  if (!PARTITIONS.test(partition)) {
    const parts = [service || '*', region || '*', account || '*', rest.join(':') || '*']
    return `Partition "${partition}" is not valid for resource "arn:${partition}:${parts.join(':')}".`
  }
  if (service === '' || account === undefined) {
    return partition.includes('*') || resource.split(':').length < 4
      ? 'Resource vendor must be fully qualified and cannot contain regexes.'
      : 'The policy failed legacy parsing'
  }
  return serviceFault(resource, { service, region, path: rest.join(':') })
}

type Parts = { service: string; region: string; path: string }

function serviceFault(resource: string, { service, region, path }: Parts): string | undefined {
  if (service === 'iam' && region !== '') return `IAM resource ${resource} cannot contain region information.`
  if (service === 's3' && region !== '' && !/^(?:accesspoint\/|storage-lens|job\/|async-request\/|\*)/.test(path)) {
    return `Resource ${resource} can not contain region information.`
  }
  if (service === 'iam' && !/^[*?$]/.test(path) && path !== '' && !IAM_PATHS.some(start => path.startsWith(start))) {
    if (/^[a-z-]*[*?]/.test(path) || path === 'root') return undefined
    return `IAM resource path must either be "*" or start with ${IAM_PATHS.join(', ')}.`
  }
  return undefined
}
