/** The parts of an ARN: `arn:partition:service:region:account:resource`. */
export type Arn = { partition: string; service: string; region: string; account: string; resource: string }

/** Parses an ARN; undefined when the text is not one. The resource keeps its own colons and slashes. */
export function parseArn(text: string): Arn | undefined {
  const parts = text.split(':')
  if (parts.length < 6 || parts[0] !== 'arn') return undefined
  const [, partition = '', service = '', region = '', account = '', ...resource] = parts
  if (!partition || !service) return undefined
  return { partition, service, region, account, resource: resource.join(':') }
}

type ArnParts = { service: string; region?: string; account?: string; resource: string }

/** Writes an ARN of the `aws` partition; region and account are left empty where the service has none. */
export function arnOf({ service, region = '', account = '', resource }: ArnParts): string {
  return `arn:aws:${service}:${region}:${account}:${resource}`
}
