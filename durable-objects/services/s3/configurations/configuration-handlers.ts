import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { count } from '../../../kernel/object/rows.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { type Bucket, findBucket } from '../buckets/bucket.ts'
import {
  type ConfigurationKind,
  configurationOf,
  configurationPage,
  putConfiguration,
  removeConfiguration,
} from './configuration.ts'

/** What a check may ask of the request beside its document. */
export type Checked<Input> = { ctx: Ctx; bucket: Bucket; input: Input }

/** How the lack of a configuration is told. */
type Missing = { code: string; message: string; status?: number }

type Kept<Input, Output> = {
  /** Refuses a document, and answers what is kept of it; undefined keeps it as it came. */
  check?(document: NonNullable<Input[keyof Input]>, at: Checked<Input>): unknown
  /** What is answered where there is none: a refusal, or something else. */
  missing: Missing | { instead: Output }
  /** The answer has the document under the member's name, and is not the document itself. */
  wrapped?: true
}

/** Put, get and delete of a configuration that a bucket has one of: what `Input` has in its member. */
export function one<Input, Output>(
  kind: ConfigurationKind,
  member: keyof Input & string,
  { check, missing, wrapped }: Kept<Input, Output>,
) {
  return {
    put: (ctx: Tx, input: Input): void => {
      const bucket = findBucket(ctx)
      const document = input[member]
      if (document === undefined || document === null) throw missingBody()
      putConfiguration(ctx, { kind }, check?.(document, { ctx, bucket, input }) ?? document)
    },
    get: (ctx: Ctx): Output => {
      const bucket = findBucket(ctx)
      const document = configurationOf<unknown>(ctx, kind)
      // What was stored is what the put of this kind was given: the answer's own shape.
      if (document !== undefined) return (wrapped ? { [member]: document } : document) as Output
      if ('instead' in missing) return missing.instead
      throw notConfigured(missing, bucket.name)
    },
    remove: (ctx: Tx): void => {
      findBucket(ctx)
      removeConfiguration(ctx, kind)
    },
  }
}

export function notConfigured({ code, message, status = 404 }: Missing, bucket: string): AwsError {
  return new AwsError(code, message, status, { BucketName: bucket })
}

export function missingBody(): AwsError {
  return new AwsError('MissingRequestBodyError', 'Request Body is empty', 400)
}

export function malformedXml(): AwsError {
  const message = 'The XML you provided was not well-formed or did not validate against our published schema'
  return new AwsError('MalformedXML', message, 400)
}

export function invalidArgument(message: string, name?: string, value?: unknown): AwsError {
  const fields = name === undefined ? {} : { ArgumentName: name, ArgumentValue: value ?? 'null' }
  return new AwsError('InvalidArgument', message, 400, fields)
}

export function invalidRequest(message: string): AwsError {
  return new AwsError('InvalidRequest', message, 400)
}

/** Configurations of which a bucket may have many, each with its id. */
const MOST = 1000
const PAGE = 100

type Identified = { Id: string }

/** The kinds that come by the thousand. */
type ManyKind = 'analytics' | 'intelligent-tiering' | 'inventory' | 'metrics'

type Asked = { ContinuationToken?: string | undefined }

/** Put, get, delete and list of configurations that a bucket has many of; a page of a hundred, by id. */
export function many<Input extends Identified, Output, List>(
  kind: ManyKind,
  member: keyof Input & keyof Output & string,
  check?: Kept<Input, Output>['check'],
) {
  return {
    put: (ctx: Tx, input: Input): void => {
      const bucket = findBucket(ctx)
      const document = input[member]
      if (document === undefined || document === null) throw missingBody()
      // Each of these documents has an Id, as its model says.
      const { Id } = document as unknown as Identified
      checkId(Id, input)
      check?.(document, { ctx, bucket, input })
      const there = () => count(ctx.sql, 's3_bucket_configuration WHERE kind = ?', kind)
      if (configurationOf(ctx, kind, Id) === undefined && there() >= MOST) throw tooMany()
      putConfiguration(ctx, { kind, id: Id }, document)
    },
    get: (ctx: Ctx, { Id }: Identified): Output => {
      const bucket = findBucket(ctx)
      const document = configurationOf<unknown>(ctx, kind, Id)
      if (document === undefined) throw noSuchConfiguration(bucket.name)
      return { [member]: document } as Output // as put
    },
    remove: (ctx: Tx, { Id }: Identified): void => {
      const bucket = findBucket(ctx)
      if (!removeConfiguration(ctx, kind, Id)) throw noSuchConfiguration(bucket.name)
    },
    list: (ctx: Ctx, { ContinuationToken }: Asked): List => {
      findBucket(ctx)
      const after = ContinuationToken === undefined ? '' : tokenId(ContinuationToken)
      const found = configurationPage<unknown>(ctx, kind, { after, limit: PAGE + 1 })
      const page = found.slice(0, PAGE)
      const last = page.at(-1)
      return {
        IsTruncated: found.length > PAGE,
        ContinuationToken,
        ...(found.length > PAGE && last && { NextContinuationToken: btoa(last.id) }),
        [`${member}List`]: page.map(({ document }) => document),
      } as List // as put
    },
  }
}

function checkId(Id: string, input: Identified): void {
  if (Id !== input.Id)
    throw new AwsError('IdMismatch', 'Document ID does not match the specified configuration ID.', 400)
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(Id))
    throw new AwsError('InvalidConfigurationId', 'The specified configuration ID is invalid.', 400)
}

function tooMany(): AwsError {
  const message =
    'You are attempting to create a new configuration but have already reached the 1,000-configuration limit.'
  return new AwsError('TooManyConfigurations', message, 400)
}

function noSuchConfiguration(bucket: string): AwsError {
  return notConfigured({ code: 'NoSuchConfiguration', message: 'The specified configuration does not exist.' }, bucket)
}

function tokenId(token: string): string {
  try {
    return atob(token)
  } catch {
    throw invalidArgument('The continuation token provided is incorrect', 'continuation-token', token)
  }
}
