import type { DeliverySettings } from './deliveries.ts'

/** What a service tells of one thing that it did; `timestamp` in epoch milliseconds. */
export type VendedRecord = { timestamp: number; fields: Record<string, unknown> }

/** Which records, and whose. */
export type Origin = { account: string; region: string; service: string; logType: string; resource: string }

/** The lines of records in an output format: JSON, fields between delimiters, or W3C's with its heading. */
export function linesOf(
  format: string,
  { recordFields, fieldDelimiter }: DeliverySettings,
  records: readonly VendedRecord[],
): string[] {
  if (format === 'json' || format === 'parquet') return records.map(({ fields }) => jsonLine(fields, recordFields))
  const names = recordFields ?? [...new Set(records.flatMap(({ fields }) => Object.keys(fields)))]
  const delimiter = fieldDelimiter || (format === 'w3c' ? '\t' : ' ')
  const lines = records.map(({ fields }) => names.map(name => plainValue(fields[name])).join(delimiter))
  return format === 'w3c' ? ['#Version: 1.0', `#Fields: ${names.join(' ')}`, ...lines] : lines
}

function jsonLine(fields: Record<string, unknown>, names: readonly string[] | undefined): string {
  if (!names) return JSON.stringify(fields)
  const chosen = names.filter(name => fields[name] !== undefined)
  return JSON.stringify(Object.fromEntries(chosen.map(name => [name, fields[name]])))
}

function plainValue(value: unknown): string {
  if (value === undefined || value === null || value === '') return '-'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** The parts of a time that a path may have. */
function timeParts(at: number): Record<string, string> {
  const [date = '', time = ''] = new Date(at).toISOString().split('T')
  const [yyyy = '', MM = '', dd = ''] = date.split('-')
  const [HH = '', mm = ''] = time.split(':')
  return { yyyy, MM, dd, HH, mm }
}

/**
 * The key of an object of vended logs: `PREFIX/AWSLogs/ACCOUNT/FOLDER/SUFFIX/FILE.gz`.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html
 */
export function objectKey(
  { account, region, service, resource }: Origin,
  { suffixPath = '', enableHiveCompatiblePath = false }: NonNullable<DeliverySettings['s3DeliveryConfiguration']>,
  { prefix, folder, at, unique }: { prefix: string; folder: string; at: number; unique: string },
): string {
  const parts: Record<string, string> = { ...timeParts(at), accountid: account, region, DistributionId: resource }
  const named: Record<string, string> = { yyyy: 'year', MM: 'month', dd: 'day', HH: 'hour' }
  const suffix = suffixPath.replace(/\{([A-Za-z-]+)\}/g, (whole, name: string) => {
    const value = parts[name] ?? parts[name.replaceAll('-', '')]
    if (value === undefined) return whole
    return enableHiveCompatiblePath ? `${named[name] ?? name}=${value}` : value
  })
  const { yyyy, MM, dd, HH, mm } = parts
  const file = `${account}_${service}_${resource}_${yyyy}${MM}${dd}T${HH}${mm}Z_${unique}.log.gz`
  const owner = enableHiveCompatiblePath ? `aws-account-id=${account}` : account
  return [prefix, 'AWSLogs', owner, folder, suffix, file.replaceAll('/', '_')]
    .map(part => part.replace(/^\/+|\/+$/g, ''))
    .filter(Boolean)
    .join('/')
}
