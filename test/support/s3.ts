import { CreateBucketCommand, type CreateBucketCommandInput, S3Client } from '@aws-sdk/client-s3'
import { testClients } from './clients.ts'

/** A client in a namespace of its own, and buckets to order. */
export function setUpS3() {
  const aws = testClients()
  const s3 = aws.client(S3Client)
  const create = (Bucket: string, more: Partial<CreateBucketCommandInput> = {}) =>
    s3.send(new CreateBucketCommand({ Bucket, ...more }))
  return { aws, s3, create }
}

export type Refusal = { name: string; message: string; status: number | undefined; fields: Record<string, unknown> }

/** What a refused call says; the answer of one that was not refused fails the test. */
export async function refused(call: Promise<unknown>): Promise<Refusal> {
  const error = await call.then(
    answer => {
      throw new Error(`not refused: ${JSON.stringify(answer)}`)
    },
    // What the SDK throws.
    (thrown: unknown) => thrown as Error & { $metadata?: { httpStatusCode?: number } } & Record<string, unknown>,
  )
  const { name, message, $metadata, ...fields } = error
  return { name, message, status: $metadata?.httpStatusCode, fields }
}
