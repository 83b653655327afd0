import type { In, Out } from '../../../../aws/models/lambda.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { LEAST_UNRESERVED, unreservedConcurrency } from './account.ts'
import { invalidParameter } from '../errors.ts'
import { startWaitingEvents } from '../invocations/events.ts'
import { resumeMappings } from '../mappings/mappings.ts'
import { namedFunction } from '../functions/names.ts'
import { provisionedTotal } from './provisioned-concurrency.ts'
import { findFunction } from '../functions/versions.ts'

function findWhole(ctx: Ctx, FunctionName: string) {
  const named = namedFunction(ctx, { FunctionName })
  if (named.qualifier !== undefined) {
    throw invalidParameter(
      'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.',
    )
  }
  return findFunction(ctx, named)
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html */
export function PutFunctionConcurrency(ctx: Tx, input: In<'PutFunctionConcurrency'>): Out<'PutFunctionConcurrency'> {
  const { name, reserved } = findWhole(ctx, input.FunctionName)
  const asked = input.ReservedConcurrentExecutions
  if (unreservedConcurrency(ctx) + (reserved ?? 0) - asked < LEAST_UNRESERVED) {
    throw invalidParameter(
      `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${LEAST_UNRESERVED}].`,
    )
  }
  const provisioned = provisionedTotal(ctx, name)
  if (provisioned > asked) {
    throw invalidParameter(
      ` ReservedConcurrentExecutions  ${asked} should not be lower than function's total provisioned concurrency [${provisioned}].`,
    )
  }
  ctx.sql.run('UPDATE lambda_functions SET reserved = ? WHERE name = ?', asked, name)
  startWaitingEvents(ctx, name)
  resumeMappings(ctx, name)
  return { ReservedConcurrentExecutions: asked }
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConcurrency.html */
export function GetFunctionConcurrency(ctx: Ctx, input: In<'GetFunctionConcurrency'>): Out<'GetFunctionConcurrency'> {
  const { reserved } = findWhole(ctx, input.FunctionName)
  return reserved === null ? {} : { ReservedConcurrentExecutions: reserved }
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunctionConcurrency.html */
export function DeleteFunctionConcurrency(
  ctx: Tx,
  input: In<'DeleteFunctionConcurrency'>,
): Out<'DeleteFunctionConcurrency'> {
  const { name } = findWhole(ctx, input.FunctionName)
  ctx.sql.run('UPDATE lambda_functions SET reserved = NULL WHERE name = ?', name)
  startWaitingEvents(ctx, name)
  resumeMappings(ctx, name)
  return {}
}
