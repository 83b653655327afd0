import { AwsError } from '../../../../aws/errors.ts'
import type { StoredHeaders } from './object-schema.ts'

/** Bytes of user metadata, names and values together. */
const MAX_METADATA_BYTES = 2048

const HEADERS = [
  'CacheControl',
  'ContentDisposition',
  'ContentEncoding',
  'ContentLanguage',
  'ContentType',
  'Expires',
  'WebsiteRedirectLocation',
] as const

type Described = StoredHeaders & { Metadata?: Record<string, string> | undefined }

/** Headers that are stored with an object, as its uploader sent them. @throws AwsError */
export function headersOf(input: StoredHeaders): StoredHeaders {
  const headers: StoredHeaders = {}
  for (const name of HEADERS) {
    const value = input[name]
    if (value !== undefined && value !== '') headers[name] = value
  }
  headers.ContentType ??= 'binary/octet-stream'
  checkRedirect(headers.WebsiteRedirectLocation)
  return headers
}

function checkRedirect(location: string | undefined): void {
  if (location === undefined || /^(?:\/|https?:\/\/)/.test(location)) return
  const message = "The website redirect location must have a prefix of 'http://' or 'https://' or '/'."
  throw new AwsError('InvalidRedirectLocation', message, 400)
}

const encoder = new TextEncoder()

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html @throws AwsError MetadataTooLarge */
export function metadataOf({ Metadata }: Described): Record<string, string> | undefined {
  if (!Metadata) return undefined
  let size = 0
  for (const [name, value] of Object.entries(Metadata)) size += name.length + encoder.encode(value).length
  if (size <= MAX_METADATA_BYTES) return Metadata
  const message = 'Your metadata headers exceed the maximum allowed metadata size'
  throw new AwsError('MetadataTooLarge', message, 400, { Size: size, MaxSizeAllowed: MAX_METADATA_BYTES })
}
