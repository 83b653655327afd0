import type { In, Out } from '../../../../aws/models/lambda.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { invalidParameter } from '../errors.ts'
import { functionArn, namedFunction } from '../functions/names.ts'
import { findFunction, findVersion } from '../functions/versions.ts'

type Management = Pick<Out<'PutRuntimeManagementConfig'>, 'UpdateRuntimeOn' | 'RuntimeVersionArn'>

/** https://docs.aws.amazon.com/lambda/latest/api/API_PutRuntimeManagementConfig.html */
export function PutRuntimeManagementConfig(
  ctx: Tx,
  input: In<'PutRuntimeManagementConfig'>,
): Out<'PutRuntimeManagementConfig'> {
  const named = namedFunction(ctx, input)
  const row = findVersion(ctx, named)
  const { UpdateRuntimeOn, RuntimeVersionArn } = input
  if (UpdateRuntimeOn === 'Manual' && !RuntimeVersionArn) {
    throw invalidParameter('RuntimeVersionArn is required when UpdateRuntimeOn is set to Manual.')
  }
  if (UpdateRuntimeOn !== 'Manual' && RuntimeVersionArn) {
    throw invalidParameter('RuntimeVersionArn can only be specified when UpdateRuntimeOn is set to Manual.')
  }
  const management: Management = { UpdateRuntimeOn, ...(RuntimeVersionArn ? { RuntimeVersionArn } : {}) }
  ctx.sql.run(
    'UPDATE lambda_versions SET runtimeManagement = ? WHERE name = ? AND number = ?',
    JSON.stringify(management),
    row.name,
    row.number,
  )
  return { ...management, FunctionArn: functionArn(ctx.place, named.name, named.qualifier) }
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetRuntimeManagementConfig.html */
export function GetRuntimeManagementConfig(
  ctx: Ctx,
  input: In<'GetRuntimeManagementConfig'>,
): Out<'GetRuntimeManagementConfig'> {
  const named = namedFunction(ctx, input)
  const { runtimeManagement } = findVersion(ctx, named)
  // Written by PutRuntimeManagementConfig.
  const management = runtimeManagement
    ? (JSON.parse(runtimeManagement) as Management)
    : { UpdateRuntimeOn: 'Auto' as const }
  return { ...management, FunctionArn: functionArn(ctx.place, named.name, named.qualifier) }
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionRecursionConfig.html */
export function PutFunctionRecursionConfig(
  ctx: Tx,
  input: In<'PutFunctionRecursionConfig'>,
): Out<'PutFunctionRecursionConfig'> {
  const { name } = findFunction(ctx, namedFunction(ctx, { FunctionName: input.FunctionName }))
  ctx.sql.run('UPDATE lambda_functions SET recursiveLoop = ? WHERE name = ?', input.RecursiveLoop, name)
  return { RecursiveLoop: input.RecursiveLoop }
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionRecursionConfig.html */
export function GetFunctionRecursionConfig(
  ctx: Ctx,
  input: In<'GetFunctionRecursionConfig'>,
): Out<'GetFunctionRecursionConfig'> {
  const { recursiveLoop } = findFunction(ctx, namedFunction(ctx, { FunctionName: input.FunctionName }))
  return { RecursiveLoop: recursiveLoop ?? 'Terminate' }
}
