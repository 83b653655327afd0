import { encodeBase64 } from '../../../aws/wire/base64.ts'
import { listing } from '../../kernel/listings/listings.ts'
import { ringPage } from '../../kernel/ring-logs/ring-logs.ts'
import { paged, view } from '../../kernel/views/view.ts'
import { type ResponseRow, RESPONSES } from './responses.ts'
import type { AccessPointRow } from './schema.ts'

export type S3AccessPointEntry = {
  name: string
  alias: string
  bucket: string
  accountId: string
  networkOrigin: string
  vpcConfiguration?: string
  publicAccessBlock?: string
  createdAt: string
}
export type S3AccessPointsResponse = { accessPoints: S3AccessPointEntry[] }

/** What a function answered through WriteGetObjectResponse. */
export type S3ObjectLambdaResponse = {
  requestToken: string
  requestRoute: string
  statusCode?: number
  bodyBase64: string
  bodySize: number
  contentType?: string
  errorMessage?: string
  metadata: Record<string, string>
}
export type S3ObjectLambdaResponsesResponse = { responses: S3ObjectLambdaResponse[] }

export const accessPoints = view<S3AccessPointsResponse>({
  path: 's3/access-points',
  none: { accessPoints: [] },
  read(ctx, asked) {
    const query = { from: 's3control_access_points', key: 'name' }
    const { rows, next } = listing<AccessPointRow>(ctx, paged(asked), query)
    const shown = rows.map(row => ({
      name: row.name,
      alias: row.alias,
      bucket: row.bucket,
      accountId: ctx.place.account,
      networkOrigin: row.vpc === null ? 'Internet' : 'VPC',
      ...(row.vpc !== null && { vpcConfiguration: row.vpc }),
      publicAccessBlock: row.publicAccessBlock,
      createdAt: new Date(row.createdAt).toISOString(),
    }))
    return { accessPoints: shown, next }
  },
})

/** Answers, oldest first. */
export const objectLambdaResponses = view<S3ObjectLambdaResponsesResponse>({
  path: 's3/object-lambda-responses',
  none: { responses: [] },
  page: 10,
  read(ctx, asked) {
    const { rows, next } = ringPage<ResponseRow>(ctx.sql, RESPONSES, asked)
    return { responses: rows.map(shownResponse), next }
  },
})

function shownResponse(row: ResponseRow): S3ObjectLambdaResponse {
  const { token, route, statusCode, body, size, contentType, errorMessage, metadata } = row
  return {
    requestToken: token,
    requestRoute: route,
    ...(statusCode !== null && { statusCode }),
    bodyBase64: encodeBase64(new Uint8Array(body)),
    bodySize: size,
    ...(contentType !== null && { contentType }),
    ...(errorMessage !== null && { errorMessage }),
    metadata: JSON.parse(metadata) as Record<string, string>, // written by keep()
  }
}
