import type { In, Out } from '../../../aws/models/s3control.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { AwsError } from '../../../aws/errors.ts'
import { readPolicy } from '../../shared/policy-document.ts'
import { checkAccount, findAccessPoint } from './find-access-point.ts'
import { findObjectLambda } from './object-lambda.ts'
import { noSuchPolicy } from './refusals.ts'

type Named = { AccountId: string; Name: string }

/** Policies of both kinds of access points, by the table that has them. */
type Kind = { table: 'access_points' | 'object_lambda_points'; find: (ctx: Ctx, name: string) => Policied }
type Policied = { name: string; policy: string | null }

const PLAIN: Kind = { table: 'access_points', find: findAccessPoint }
const OBJECT_LAMBDA: Kind = { table: 'object_lambda_points', find: findObjectLambda }

function found(ctx: Ctx, { find }: Kind, { AccountId, Name }: Named): Policied {
  checkAccount(ctx, AccountId)
  return find(ctx, Name)
}

function put(ctx: Tx, kind: Kind, input: Named & { Policy: string }): void {
  const { name } = found(ctx, kind, input)
  if (!readPolicy(input.Policy))
    throw new AwsError('MalformedPolicy', "Policies must be valid JSON and the first byte must be '{'")
  ctx.sql.run(`UPDATE s3control_${kind.table} SET policy = ? WHERE name = ?`, input.Policy, name)
}

function remove(ctx: Tx, kind: Kind, input: Named): void {
  const { name } = found(ctx, kind, input)
  ctx.sql.run(`UPDATE s3control_${kind.table} SET policy = NULL WHERE name = ?`, name)
}

function get(ctx: Ctx, kind: Kind, input: Named): { Policy: string } {
  const { policy } = found(ctx, kind, input)
  if (policy === null) throw noSuchPolicy()
  return { Policy: policy }
}

function status(ctx: Ctx, kind: Kind, input: Named): { PolicyStatus: { IsPublic: boolean } } {
  const { Policy } = get(ctx, kind, input)
  return { PolicyStatus: { IsPublic: isPublic(JSON.parse(Policy)) } }
}

/** Whether a policy lets in everyone without a condition. */
function isPublic(policy: { Statement?: unknown }): boolean {
  const statements = [policy.Statement].flat() as { Effect?: string; Principal?: unknown; Condition?: unknown }[]
  return statements.some(({ Effect, Principal, Condition }) => {
    const names = typeof Principal === 'object' && Principal !== null ? Reflect.get(Principal, 'AWS') : Principal
    return Effect === 'Allow' && Condition === undefined && [names].flat().includes('*')
  })
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_PutAccessPointPolicy.html */
export function PutAccessPointPolicy(ctx: Tx, input: In<'PutAccessPointPolicy'>): void {
  put(ctx, PLAIN, input)
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetAccessPointPolicy.html */
export function GetAccessPointPolicy(ctx: Ctx, input: In<'GetAccessPointPolicy'>): Out<'GetAccessPointPolicy'> {
  return get(ctx, PLAIN, input)
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetAccessPointPolicyStatus.html */
export function GetAccessPointPolicyStatus(
  ctx: Ctx,
  input: In<'GetAccessPointPolicyStatus'>,
): Out<'GetAccessPointPolicyStatus'> {
  return status(ctx, PLAIN, input)
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_DeleteAccessPointPolicy.html */
export function DeleteAccessPointPolicy(ctx: Tx, input: In<'DeleteAccessPointPolicy'>): void {
  remove(ctx, PLAIN, input)
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_PutAccessPointPolicyForObjectLambda.html */
export function PutAccessPointPolicyForObjectLambda(ctx: Tx, input: In<'PutAccessPointPolicyForObjectLambda'>): void {
  put(ctx, OBJECT_LAMBDA, input)
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetAccessPointPolicyForObjectLambda.html */
export function GetAccessPointPolicyForObjectLambda(
  ctx: Ctx,
  input: In<'GetAccessPointPolicyForObjectLambda'>,
): Out<'GetAccessPointPolicyForObjectLambda'> {
  return get(ctx, OBJECT_LAMBDA, input)
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetAccessPointPolicyStatusForObjectLambda.html */
export function GetAccessPointPolicyStatusForObjectLambda(
  ctx: Ctx,
  input: In<'GetAccessPointPolicyStatusForObjectLambda'>,
): Out<'GetAccessPointPolicyStatusForObjectLambda'> {
  return status(ctx, OBJECT_LAMBDA, input)
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_DeleteAccessPointPolicyForObjectLambda.html */
export function DeleteAccessPointPolicyForObjectLambda(
  ctx: Tx,
  input: In<'DeleteAccessPointPolicyForObjectLambda'>,
): void {
  remove(ctx, OBJECT_LAMBDA, input)
}
