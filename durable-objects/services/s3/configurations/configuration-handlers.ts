import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
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

/** Refuses a document, and answers what is kept of it; undefined keeps it as it came. */
type Check<Document, Input> = (document: Document, at: Checked<Input>) => unknown

/** Puts the document that a request has in one of its members. */
export function putting<Input, Member extends keyof Input & string>(
  kind: ConfigurationKind,
  member: Member,
  check: Check<NonNullable<Input[Member]>, Input> = () => undefined,
): (tx: Tx, input: Input) => void {
  return (ctx, input) => {
    const bucket = findBucket(ctx)
    const document = input[member]
    if (document === undefined || document === null) throw missingBody()
    putConfiguration(ctx, { kind }, check(document, { ctx, bucket, input }) ?? document)
  }
}

/** How the lack of a configuration is told. */
type Missing = { code: string; message: string; status?: number }

/** Answers the document itself, or under the member's name when the answer wraps it. */
export function getting<Output>(
  kind: ConfigurationKind,
  missing: Missing | { instead: Output },
  member?: keyof Output & string,
): (ctx: Ctx) => Output {
  return ctx => {
    const bucket = findBucket(ctx)
    const document = configurationOf<unknown>(ctx, kind)
    // What was stored is what the put of this kind was given: the answer's own shape.
    if (document !== undefined) return (member === undefined ? document : { [member]: document }) as Output
    if ('instead' in missing) return missing.instead
    throw notConfigured(missing, bucket.name)
  }
}

export function removing(kind: ConfigurationKind): (tx: Tx) => void {
  return ctx => {
    findBucket(ctx)
    removeConfiguration(ctx, kind)
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

export function puttingOne<Input extends Identified, Member extends keyof Input & string>(
  kind: ManyKind,
  member: Member,
  check: (document: NonNullable<Input[Member]>) => void = () => {},
): (tx: Tx, input: Input) => void {
  return (ctx, input) => {
    findBucket(ctx)
    const document = input[member]
    if (document === undefined || document === null) throw missingBody()
    // Each of these documents has an Id, as its model says.
    const { Id } = document as unknown as Identified
    if (Id !== input.Id) {
      throw new AwsError('IdMismatch', 'Document ID does not match the specified configuration ID.', 400)
    }
    if (!/^[A-Za-z0-9._-]{1,64}$/.test(Id))
      throw new AwsError('InvalidConfigurationId', 'The specified configuration ID is invalid.', 400)
    check(document)
    if (configurationOf(ctx, kind, Id) === undefined && countOf(ctx, kind) >= MOST) throw tooMany()
    putConfiguration(ctx, { kind, id: Id }, document)
  }
}

function countOf(ctx: Ctx, kind: ManyKind): number {
  const query = 'SELECT COUNT(*) AS n FROM s3_bucket_configuration WHERE kind = ?'
  return ctx.sql.first<{ n: number }>(query, kind)?.n ?? 0
}

function tooMany(): AwsError {
  const message =
    'You are attempting to create a new configuration but have already reached the 1,000-configuration limit.'
  return new AwsError('TooManyConfigurations', message, 400)
}

export function gettingOne<Output>(kind: ManyKind, member: keyof Output & string) {
  return (ctx: Ctx, { Id }: Identified): Output => {
    const bucket = findBucket(ctx)
    const document = configurationOf<unknown>(ctx, kind, Id)
    if (document === undefined) throw noSuchConfiguration(bucket.name)
    return { [member]: document } as Output // as put
  }
}

export function removingOne(kind: ManyKind) {
  return (ctx: Tx, { Id }: Identified): void => {
    const bucket = findBucket(ctx)
    if (!removeConfiguration(ctx, kind, Id)) throw noSuchConfiguration(bucket.name)
  }
}

function noSuchConfiguration(bucket: string): AwsError {
  return notConfigured({ code: 'NoSuchConfiguration', message: 'The specified configuration does not exist.' }, bucket)
}

/** A page of a hundred, by id. */
export function listing<Output>(kind: ManyKind, member: keyof Output & string) {
  return (ctx: Ctx, { ContinuationToken }: { ContinuationToken?: string | undefined }): Output => {
    findBucket(ctx)
    const after = ContinuationToken === undefined ? '' : tokenId(ContinuationToken)
    const found = configurationPage<unknown>(ctx, kind, { after, limit: PAGE + 1 })
    const page = found.slice(0, PAGE)
    const last = page.at(-1)
    return {
      IsTruncated: found.length > PAGE,
      ...(ContinuationToken !== undefined && { ContinuationToken }),
      ...(found.length > PAGE && last && { NextContinuationToken: btoa(last.id) }),
      [member]: page.map(({ document }) => document),
    } as Output // as put
  }
}

function tokenId(token: string): string {
  try {
    return atob(token)
  } catch {
    throw invalidArgument('The continuation token provided is incorrect', 'continuation-token', token)
  }
}
