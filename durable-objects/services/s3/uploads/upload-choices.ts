import type { CompletedPart, In } from '../../../../aws/models/s3.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { CHECKSUMS, type ChecksumInput } from '../objects/checksums.ts'
import { entityTooSmall, invalidArgument, invalidRequest, malformedXml } from '../objects/object-refusals.ts'
import type { StoredChecksum, UploadPartRow, UploadRow } from '../objects/object-schema.ts'
import { checksumMismatch } from './upload-parts.ts'
import { effectiveChecksum } from './upload-checksums.ts'

type Completion = In<'CompleteMultipartUpload'>

/** Every part but the last has at least that many bytes. */
const LEAST_PART_BYTES = 5_242_880

type Named = CompletedPart & { PartNumber: number; ETag: string }

/**
 * The parts that a completion chooses, each held against what was uploaded.
 * @throws AwsError MalformedXML, InvalidPartOrder, InvalidPart, EntityTooSmall, InvalidRequest
 */
export function chosenParts(ctx: Ctx, upload: UploadRow, input: Completion): UploadPartRow[] {
  const named = namedParts(input)
  checkOrder(upload, named)
  const uploaded = new Map(
    ctx.sql
      .all<UploadPartRow>('SELECT * FROM s3_upload_parts WHERE upload = ?', upload.seq)
      .map(part => [part.number, part]),
  )
  const parts = named.map(part => {
    const found = uploaded.get(part.PartNumber)
    if (!found || found.etag !== part.ETag.replaceAll('"', '')) throw invalidPart(upload, part)
    checkPartChecksum(upload, part, found)
    return found
  })
  for (const { size, number, etag } of parts.slice(0, -1)) {
    if (size < LEAST_PART_BYTES) throw entityTooSmall(size, LEAST_PART_BYTES, { PartNumber: number, ETag: etag })
  }
  return parts
}

function namedParts({ MultipartUpload }: Completion): Named[] {
  const parts = MultipartUpload?.Parts
  if (!Array.isArray(parts) || parts.length === 0) throw malformedXml()
  return parts.map(part => {
    const { PartNumber, ETag } = part ?? {}
    if (PartNumber === undefined || ETag === undefined) throw malformedXml()
    if (PartNumber < 1) throw invalidArgument('PartNumber must be >= 1', 'PartNumber', String(PartNumber))
    return { ...part, PartNumber, ETag }
  })
}

/** Parts that are summed up for a checksum have no gaps. */
function checkOrder({ id, checksumAlgorithm }: UploadRow, named: readonly Named[]): void {
  const ordered = named.every(({ PartNumber }, at) => {
    if (checksumAlgorithm !== null) return PartNumber === at + 1
    return at === 0 || PartNumber > (named[at - 1]?.PartNumber ?? 0)
  })
  if (ordered) return
  const message = 'The list of parts was not in ascending order. Parts must be ordered by part number.'
  throw new AwsError('InvalidPartOrder', message, 400, { UploadId: id })
}

function checkPartChecksum(upload: UploadRow, part: Named, { checksum }: UploadPartRow): void {
  const { algorithm, type } = effectiveChecksum(upload)
  const stated = CHECKSUMS.filter(each => part[`Checksum${each}`] !== undefined)
  if (stated.some(each => each !== algorithm || part[`Checksum${each}`] !== checksum)) throw invalidPart(upload, part)
  if (stated.length > 0 || type === 'FULL_OBJECT') return
  throw invalidRequest(
    `The upload was created using a ${algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${part.PartNumber} in the request.`,
  )
}

function invalidPart({ id }: UploadRow, { PartNumber, ETag }: Named): AwsError {
  const message =
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag."
  return new AwsError('InvalidPart', message, 400, { UploadId: id, PartNumber, ETag: ETag.replaceAll('"', '') })
}

type Stated = ChecksumInput & { ChecksumType?: string | undefined }

/** Holds the whole object's checksum against what its completion states. @throws AwsError InvalidRequest, BadDigest */
export function checkObjectChecksum(upload: UploadRow, input: Stated, { algorithm, value }: StoredChecksum): void {
  const { checksumType } = upload
  if (input.ChecksumType !== undefined && input.ChecksumType !== (checksumType ?? 'FULL_OBJECT')) {
    throw invalidRequest(
      `The upload was created using the ${checksumType ?? 'null'} checksum mode. The complete request must use the same checksum mode.`,
    )
  }
  const stated = CHECKSUMS.filter(each => input[`Checksum${each}`] !== undefined)
  const [first] = stated
  if (first === undefined) return
  if (stated.length > 1) {
    throw invalidRequest('Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.')
  }
  // What an upload did not ask for is not looked at.
  if (upload.checksumAlgorithm === null) return
  if (first !== algorithm) throw checksumMismatch(algorithm, first)
  const expected = input[`Checksum${first}`]
  if (expected === value || expected === value.replace(/-\d+$/, '')) return
  throw new AwsError('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`, 400)
}
