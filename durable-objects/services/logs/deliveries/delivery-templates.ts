import type { ConfigurationTemplate, DeliveryDestinationType, In, Out } from '../../../../aws/models/logs.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { listingOf } from '../../../kernel/listings/listings.ts'
import { paging } from '../refusals.ts'

/** What a service vends of one kind of resource. `fields` are in the order in which they are written. */
type Vended = {
  service: string
  resourceType: string
  logTypes: readonly string[]
  mandatory: readonly string[]
  fields: readonly string[]
  /** Fields that are written only when they are asked for. */
  further: readonly string[]
  suffix: readonly string[]
  /** Under `AWSLogs/<account>/` in a bucket. */
  folder: string
}

const TIMES = ['yyyy', 'MM', 'dd', 'HH', 'accountid', 'region']

/** The services whose templates are known; others vend whatever fields they have. */
const VENDED: readonly Vended[] = [
  {
    service: 'cloudfront',
    resourceType: 'distribution',
    logTypes: ['ACCESS_LOGS'],
    mandatory: [],
    fields: `date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent)
      cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken
      x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status
      fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len
      sc-range-start sc-range-end`.split(/\s+/),
    further: ['timestamp', 'timestamp(ms)', 'origin-fbl', 'origin-lbl', 'asn', 'c-country', 'DistributionId'],
    suffix: ['DistributionId', ...TIMES],
    folder: 'CloudFront',
  },
  {
    service: 'events',
    resourceType: 'event-bus',
    logTypes: ['ERROR_LOGS', 'INFO_LOGS', 'TRACE_LOGS'],
    mandatory: ['resource_arn', 'message_timestamp_ms', 'message_type'],
    fields: `resource_arn message_timestamp_ms event_bus_name request_id event_id invocation_id message_type log_level
      details error`.split(/\s+/),
    further: [],
    suffix: TIMES,
    folder: 'EventBridge',
  },
]

const FORMATS: Readonly<Record<string, readonly string[]>> = {
  S3: ['json', 'plain', 'w3c', 'parquet'],
  CWL: ['json', 'plain'],
  FH: ['json', 'plain', 'raw'],
}
const DELIMITERS = ['', ' ', '\t', ',']

export function vendedBy(service: string): Vended | undefined {
  return VENDED.find(each => each.service === service)
}

/** The fields that are written where a delivery names none. */
export function defaultFields(service: string): string[] | undefined {
  const vended = vendedBy(service)
  return vended && [...vended.fields]
}

function templates(): ConfigurationTemplate[] {
  return VENDED.flatMap(vended =>
    vended.logTypes.flatMap(logType => Object.keys(FORMATS).map(type => templateOf(vended, logType, type))),
  )
}

function templateOf(vended: Vended, logType: string, type: DeliveryDestinationType): ConfigurationTemplate {
  const { service, resourceType, fields, further, mandatory, suffix } = vended
  const s3 = type === 'S3'
  return {
    service,
    logType,
    resourceType,
    deliveryDestinationType: type,
    defaultDeliveryConfigValues: {
      recordFields: [...fields],
      fieldDelimiter: '',
      ...(s3 ? { s3DeliveryConfiguration: { suffixPath: '', enableHiveCompatiblePath: false } } : {}),
    },
    allowedFields: [...fields, ...further].map(name => ({ name, mandatory: mandatory.includes(name) })),
    allowedOutputFormats: [...(FORMATS[type] ?? [])],
    allowedActionForAllowVendedLogsDeliveryForResource: `${service}:AllowVendedLogDeliveryForResource`,
    allowedFieldDelimiters: DELIMITERS,
    ...(s3 ? { allowedSuffixPathFields: [...suffix] } : {}),
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeConfigurationTemplates.html */
export function DescribeConfigurationTemplates(
  ctx: Ctx,
  input: In<'DescribeConfigurationTemplates'>,
): Out<'DescribeConfigurationTemplates'> {
  const { service, logTypes, resourceTypes, deliveryDestinationTypes } = input
  const wanted = (values: string[] | undefined, value = '') => values === undefined || values.includes(value)
  const found = templates().filter(
    template =>
      (service === undefined || template.service === service) &&
      wanted(logTypes, template.logType) &&
      wanted(resourceTypes, template.resourceType) &&
      wanted(deliveryDestinationTypes, template.deliveryDestinationType),
  )
  const { rows, next } = listingOf(ctx, paging(input), { rows: found })
  return { configurationTemplates: rows, nextToken: next }
}
