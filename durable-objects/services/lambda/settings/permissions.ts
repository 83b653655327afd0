import type { In, Out } from '../../../../aws/models/lambda.types.ts'
import type { Ctx, ResourcePolicy, Tx } from '../../../kernel/object/operation.ts'
import { isAccount, rootArn } from '../../../../aws/arn.ts'
import { invalidParameter, notFound, refusal, staleRevision } from '../errors.ts'
import { functionArn, isVersion, type NamedFunction, namedFunction, parseFunctionName } from '../functions/names.ts'
import { LATEST } from '../schema.ts'
import { aliasRow, findFunction, touchVersion, versionRow } from '../functions/versions.ts'

/** As AddPermission writes it; PutResourcePolicy takes any. */
export type Statement = {
  Sid?: string
  Effect: string
  Principal: unknown
  Action: string
  Resource: string
  Condition?: Record<string, Record<string, unknown>>
}
export type Document = { Version?: string; Id?: string; Statement: Statement[] }

/** A resource policy is at most this long, in characters of its JSON. */
export const LONGEST = 20_480

const EMPTY: Document = { Version: '2012-10-17', Id: 'default', Statement: [] }

/** A function's own policy is kept under the empty qualifier. */
const keyOf = ({ qualifier }: NamedFunction) => (qualifier === '$LATEST' ? '' : (qualifier ?? ''))

export function readPolicy(ctx: Ctx, named: NamedFunction): Document | undefined {
  const text = policyText(ctx, named.name, keyOf(named))
  return text === null ? undefined : (JSON.parse(text) as Document) // written by writePolicy()
}

/** The JSON of a qualifier's policy; the function's own is under the empty qualifier. */
export function policyText(ctx: Ctx, name: string, qualifier: string): string | null {
  const row = ctx.sql.first<{ document: string }>(
    'SELECT document FROM lambda_policies WHERE name = ? AND qualifier = ?',
    name,
    qualifier,
  )
  return row?.document ?? null
}

export function writePolicy(ctx: Tx, named: NamedFunction, document: Document): void {
  const { sql } = ctx
  const key = keyOf(named)
  if (document.Statement.length === 0) {
    sql.run('DELETE FROM lambda_policies WHERE name = ? AND qualifier = ?', named.name, key)
  } else {
    sql.run(
      'INSERT OR REPLACE INTO lambda_policies (name, qualifier, document) VALUES (?, ?, ?)',
      named.name,
      key,
      JSON.stringify(document),
    )
  }
  if (key === '' || isVersion(key)) touchVersion(ctx, named.name, Number(key) || LATEST)
  else
    sql.run(
      'UPDATE lambda_aliases SET revisionId = ? WHERE name = ? AND alias = ?',
      crypto.randomUUID(),
      named.name,
      key,
    )
}

/** The revision of what the policy is attached to; it must exist. */
export function revisionOf(ctx: Ctx, named: NamedFunction): string {
  findFunction(ctx, named)
  const key = keyOf(named)
  if (key === '' || isVersion(key)) {
    const row = versionRow(ctx, named.name, Number(key) || LATEST)
    if (!row) throw notFound(`Function not found: ${named.arn}`)
    return row.revisionId
  }
  const row = aliasRow(ctx, named.name, key)
  if (!row) throw notFound(`Cannot find alias arn: ${named.arn}`)
  return row.revisionId
}

export function checkRevision(ctx: Ctx, named: NamedFunction, revisionId: string | undefined): void {
  const current = revisionOf(ctx, named)
  if (revisionId !== undefined && revisionId !== current) throw staleRevision()
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html */
export function AddPermission(ctx: Tx, input: In<'AddPermission'>): Out<'AddPermission'> {
  const named = namedFunction(ctx, input)
  if (named.qualifier === '$LATEST') {
    throw invalidParameter('We currently do not support adding policies for $LATEST.')
  }
  checkRevision(ctx, named, input.RevisionId)
  const document = readPolicy(ctx, named) ?? EMPTY
  if (document.Statement.some(statement => statement.Sid === input.StatementId)) {
    throw refusal(
      'ResourceConflictException',
      `The statement id (${input.StatementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
    )
  }
  const statement = newStatement(named.arn, input)
  const all = [...document.Statement, statement]
  if (JSON.stringify(all).length > LONGEST) {
    throw refusal(
      'PolicyLengthExceededException',
      `The final policy size (${JSON.stringify(all).length}) is bigger than the limit (${LONGEST}).`,
    )
  }
  writePolicy(ctx, named, { ...document, Statement: all })
  return { Statement: JSON.stringify(statement) }
}

function newStatement(Resource: string, input: In<'AddPermission'>): Statement {
  const equals = {
    ...(input.FunctionUrlAuthType ? { 'lambda:FunctionUrlAuthType': input.FunctionUrlAuthType } : {}),
    ...(input.PrincipalOrgID ? { 'aws:PrincipalOrgID': input.PrincipalOrgID } : {}),
    ...(input.SourceAccount ? { 'AWS:SourceAccount': input.SourceAccount } : {}),
    ...(input.EventSourceToken ? { 'lambda:EventSourceToken': input.EventSourceToken } : {}),
  }
  const condition = {
    ...(Object.keys(equals).length > 0 ? { StringEquals: equals } : {}),
    ...(input.InvokedViaFunctionUrl ? { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } } : {}),
    ...(input.SourceArn ? { ArnLike: { 'AWS:SourceArn': input.SourceArn } } : {}),
  }
  return {
    Sid: input.StatementId,
    Effect: 'Allow',
    Principal: principalOf(input.Principal),
    Action: input.Action,
    Resource,
    ...(Object.keys(condition).length > 0 ? { Condition: condition } : {}),
  }
}

function principalOf(principal: string): unknown {
  if (principal === '*') return '*'
  if (/^[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?$/.test(principal)) return { Service: principal }
  if (isAccount(principal)) return { AWS: rootArn(principal) }
  if (/^arn:aws[a-zA-Z-]*:(?:iam|sts):/.test(principal)) return { AWS: principal }
  throw invalidParameter('The provided principal was invalid. Please check the principal and try again.')
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_RemovePermission.html */
export function RemovePermission(ctx: Tx, input: In<'RemovePermission'>): Out<'RemovePermission'> {
  const named = namedFunction(ctx, input)
  if (!versionRow(ctx, named.name, LATEST)) {
    throw notFound(`No policy found for: ${functionArn(ctx.place, named.name)}`)
  }
  const policy = readPolicy(ctx, named)
  if (!policy) throw notFound('No policy is associated with the given resource.')
  const left = policy.Statement.filter(statement => statement.Sid !== input.StatementId)
  if (left.length === policy.Statement.length) {
    throw notFound(`Statement ${input.StatementId} is not found in resource policy.`)
  }
  checkRevision(ctx, named, input.RevisionId)
  writePolicy(ctx, named, { ...policy, Statement: left })
  return {}
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html */
export function GetPolicy(ctx: Ctx, input: In<'GetPolicy'>): Out<'GetPolicy'> {
  const named = namedFunction(ctx, input)
  findFunction(ctx, named)
  const policy = readPolicy(ctx, named)
  if (!policy) throw notFound('The resource you requested does not exist.')
  return { Policy: JSON.stringify(policy), RevisionId: revisionOf(ctx, named) }
}

const INVOKING = new Set(['Invoke', 'InvokeAsync', 'InvokeWithResponseStream'])

/** What another service needs before it may invoke: the policy of the very qualifier that it names. */
export function invokePolicy(ctx: Ctx, operation: string, input: Record<string, unknown>): ResourcePolicy | undefined {
  const reference = parseFunctionName(String(input.FunctionName ?? ''))
  if (!INVOKING.has(operation) || !reference) return undefined
  // Whoever names a function that is not there hears that, not that it may not be invoked.
  if (!versionRow(ctx, reference.name, LATEST)) return undefined
  const qualifier = reference.qualifier ?? (typeof input.Qualifier === 'string' ? input.Qualifier : undefined)
  return {
    document: policyText(ctx, reference.name, qualifier === undefined || qualifier === '$LATEST' ? '' : qualifier),
    resource: functionArn(ctx.place, reference.name, qualifier),
    action: 'lambda:InvokeFunction',
  }
}
