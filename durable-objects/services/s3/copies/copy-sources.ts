import type { Ctx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { type ReadConditions, verdictOf } from '../objects/conditions.ts'
import {
  archivedSource,
  type CopyInput,
  type CopySource,
  markerAsSource,
  sourceKeyOf,
  type SourceName,
  sourceNameOf,
} from './copy-source-names.ts'
import { foreignSource } from './copy-sources-elsewhere.ts'
import { bodyOf } from '../reading/object-bodies.ts'
import { checkCustomerKey } from '../objects/object-encryption.ts'
import { findObject } from '../objects/object-finding.ts'
import { preconditionFailed } from '../objects/object-refusals.ts'
import { isRestored } from '../lifecycle/object-restore.ts'
import { shownVersion } from '../objects/object-rows.ts'
import { isArchived } from '../objects/storage-classes.ts'

/** What a copy reads. @throws AwsError */
export async function copySourceOf(ctx: Ctx, input: CopyInput): Promise<CopySource> {
  const name = sourceNameOf(input.CopySource)
  const source = name.Bucket === ctx.resource ? ownSource(ctx, name, input) : await foreignSource(ctx, name, input)
  checkConditions(source, input)
  return source
}

function ownSource(ctx: Ctx, name: SourceName, input: CopyInput): CopySource {
  const { bucket, row, facts } = found(ctx, { ...name, ExpectedBucketOwner: input.ExpectedSourceBucketOwner })
  checkCustomerKey(sourceKeyOf(input), facts.encryption)
  if (isArchived(row.storageClass) && !isRestored(ctx, facts)) throw archivedSource(row.storageClass)
  return {
    etag: row.etag,
    modified: row.modified,
    size: row.size,
    versionId: shownVersion(bucket, row),
    headers: facts.headers,
    metadata: facts.metadata,
    checksum: facts.checksum,
    tags: async () => facts.tags,
    body: async span => bodyOf(ctx, row, span),
    row,
  }
}

function found(ctx: Ctx, name: SourceName & { ExpectedBucketOwner: string | undefined }) {
  try {
    return findObject(ctx, name, 'GET')
  } catch (error) {
    if (error instanceof AwsError && error.code === 'MethodNotAllowed') throw markerAsSource()
    throw error
  }
}

function checkConditions(source: CopySource, input: CopyInput): void {
  const conditions: ReadConditions = {
    IfMatch: input.CopySourceIfMatch,
    IfNoneMatch: input.CopySourceIfNoneMatch,
    IfModifiedSince: input.CopySourceIfModifiedSince,
    IfUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
  }
  const verdict = verdictOf(conditions, source)
  if (verdict === 'proceed') return
  if (verdict !== 'not-modified') throw preconditionFailed(`x-amz-copy-source-${verdict.failed}`)
  const which = conditions.IfNoneMatch === undefined ? 'If-Modified-Since' : 'If-None-Match'
  throw preconditionFailed(`x-amz-copy-source-${which}`)
}
