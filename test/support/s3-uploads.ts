import {
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  type CompletedPart,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  type S3Client,
  UploadPartCommand,
  type UploadPartCommandInput,
} from '@aws-sdk/client-s3'

export const MIB = 1_048_576

/** The least that a part may have but for the last. */
export const FIVE_MIB = 5 * MIB

/** Bytes that are all one letter. */
export const block = (letter: string, size = FIVE_MIB) => Buffer.alloc(size, letter)

/** A multipart upload of a test. */
export type TestUpload = {
  UploadId: string
  part(PartNumber: number, Body: string | Uint8Array, more?: Partial<UploadPartCommandInput>): Promise<CompletedPart>
  complete(Parts: CompletedPart[], more?: Partial<CompleteMultipartUploadCommandInput>): ReturnType<typeof completion>
}

const completion = (s3: S3Client, input: CompleteMultipartUploadCommandInput) =>
  s3.send(new CompleteMultipartUploadCommand(input))

export async function beginUpload(
  s3: S3Client,
  input: { Bucket: string; Key: string } & Partial<CreateMultipartUploadCommandInput>,
): Promise<TestUpload> {
  const { Bucket, Key } = input
  const { UploadId = '' } = await s3.send(new CreateMultipartUploadCommand(input))
  return {
    UploadId,
    part: async (PartNumber, Body, more = {}) => {
      const part = { Bucket, Key, UploadId, PartNumber, Body, ...more }
      const { ETag } = await s3.send(new UploadPartCommand(part))
      return { PartNumber, ETag }
    },
    complete: (Parts, more = {}) => completion(s3, { Bucket, Key, UploadId, MultipartUpload: { Parts }, ...more }),
  }
}
