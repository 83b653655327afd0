import type { Tag } from '../../../../aws/models/s3.types.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { checkBucketName } from '../buckets/bucket-names.ts'
import type { CustomerKey } from '../objects/object-encryption.ts'
import { invalidArgument, invalidRequest } from '../objects/object-refusals.ts'
import type { ObjectRow, StoredChecksum, StoredHeaders } from '../objects/object-schema.ts'
import type { Span } from '../reading/ranges.ts'

/** Bytes, or a stream of them, as an upload's body is. */
export type SourceBody = Uint8Array | ReadableStream<Uint8Array>

/** An object that is copied, of this bucket or another. `etag` has no quotes, `modified` is in epoch milliseconds. */
export type CopySource = {
  etag: string
  modified: number
  size: number
  versionId: string | undefined
  headers: StoredHeaders
  metadata: Record<string, string> | undefined
  checksum: StoredChecksum | undefined
  tags(): Promise<Tag[] | undefined>
  body(span: Span): Promise<SourceBody>
  /** Set for an object of this bucket, whose content a copy may share. */
  row: ObjectRow | undefined
}

export type CopyInput = {
  CopySource: string
  CopySourceIfMatch?: string | undefined
  CopySourceIfModifiedSince?: Date | undefined
  CopySourceIfNoneMatch?: string | undefined
  CopySourceIfUnmodifiedSince?: Date | undefined
  CopySourceSSECustomerAlgorithm?: string | undefined
  CopySourceSSECustomerKey?: string | undefined
  CopySourceSSECustomerKeyMD5?: string | undefined
  ExpectedSourceBucketOwner?: string | undefined
}

export type SourceName = { Bucket: string; Key: string; VersionId: string | undefined }

/** `bucket/key?versionId=id`, encoded as in a form. @throws AwsError InvalidArgument */
export function sourceNameOf(text: string): SourceName {
  const [path = '', query = ''] = splitOnce(text.replace(/^\//, ''), '?')
  const [bucket = '', key = ''] = splitOnce(unescaped(path), '/')
  if (bucket === '' || key === '') {
    const message = 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey'
    throw invalidArgument(message, 'x-amz-copy-source', text)
  }
  if (bucket.startsWith('arn:')) {
    throw new AwsError('NotImplemented', 'Copying from access points is not implemented', 501)
  }
  checkBucketName(bucket)
  const version = /^versionId=(.+)$/.exec(query)?.[1]
  return { Bucket: bucket, Key: key, VersionId: version && unescaped(version) }
}

function splitOnce(text: string, at: string): string[] {
  const index = text.indexOf(at)
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + at.length)]
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw invalidArgument('Invalid copy source encoding.', 'x-amz-copy-source', text)
  }
}

export const sourceKeyOf = (input: CopyInput): CustomerKey => ({
  SSECustomerAlgorithm: input.CopySourceSSECustomerAlgorithm,
  SSECustomerKey: input.CopySourceSSECustomerKey,
  SSECustomerKeyMD5: input.CopySourceSSECustomerKeyMD5,
})

export function markerAsSource(): AwsError {
  return invalidRequest('The source of a copy request may not specifically refer to a delete marker by version id.')
}

export function archivedSource(StorageClass: string): AwsError {
  const message = "Operation is not valid for the source object's storage class"
  return new AwsError('InvalidObjectState', message, 403, { StorageClass })
}
