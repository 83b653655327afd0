import type { In, Out } from '../../../../aws/models/s3.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { listing } from '../../../kernel/listings/listings.ts'
import { ownerOf } from './bucket-owner.ts'

type Done = Record<string, never>

/** What a bucket's object asks of the index of its account. */
export type IndexOperations = {
  RegisterBucket: { input: { Name: string; Region: string; Created: number }; output: Done }
  UnregisterBucket: { input: { Name: string }; output: Done }
}

export function RegisterBucket(ctx: Tx, { Name, Region, Created }: IndexOperations['RegisterBucket']['input']): Done {
  const query = 'INSERT OR REPLACE INTO s3_owned_buckets (name, region, created) VALUES (?, ?, ?)'
  ctx.sql.run(query, Name, Region, Created)
  return {}
}

export function UnregisterBucket(ctx: Tx, { Name }: IndexOperations['UnregisterBucket']['input']): Done {
  ctx.sql.run('DELETE FROM s3_owned_buckets WHERE name = ?', Name)
  return {}
}

const MOST = 10_000

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html */
export function ListBuckets(ctx: Ctx, input: In<'ListBuckets'>): Out<'ListBuckets'> {
  const { MaxBuckets, ContinuationToken, Prefix = '', BucketRegion } = input
  if (MaxBuckets !== undefined && (MaxBuckets < 1 || MaxBuckets > MOST)) {
    throw invalid('max-buckets', String(MaxBuckets), `Argument max-buckets must be an integer between 1 and ${MOST}`)
  }
  if (BucketRegion !== undefined && !/^[a-z]{2}(?:-[a-z]+){1,3}-\d$/.test(BucketRegion)) {
    throw invalid('bucket-region', BucketRegion, `Argument value ${BucketRegion} is not a valid AWS Region`)
  }
  const refusal = () =>
    invalid('continuation-token', ContinuationToken ?? '', 'The continuation token provided is incorrect')
  const paging = { token: ContinuationToken, size: MaxBuckets ?? MOST, of: { Prefix, BucketRegion }, refusal }
  const { rows, next } = listing<{ name: string; region: string; created: number }>(ctx, paging, {
    from: 's3_owned_buckets',
    where: { 'region = ?': BucketRegion },
    prefix: { name: Prefix },
    key: 'name',
  })
  // Regions are told to whoever asks for pages.
  const paged = MaxBuckets !== undefined || ContinuationToken !== undefined || BucketRegion !== undefined
  return {
    Owner: ownerOf(ctx.place.account),
    Buckets: rows.map(({ name, region, created }) => ({
      Name: name,
      CreationDate: new Date(created - (created % 1000)),
      ...((paged || Prefix !== '') && { BucketRegion: region }),
    })),
    ...(input.Prefix !== undefined && { Prefix }),
    ContinuationToken: next,
  }
}

function invalid(name: string, value: string, message: string): AwsError {
  return new AwsError('InvalidArgument', message, 400, { ArgumentName: name, ArgumentValue: value })
}
