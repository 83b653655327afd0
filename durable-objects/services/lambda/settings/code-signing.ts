import type { In, Out } from '../../../../aws/models/lambda.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { insert } from '../../../kernel/object/rows.ts'
import { arnAt } from '../../../../aws/arn.ts'
import { randomHex } from '../../../../aws/ids.ts'
import { listing } from '../../../kernel/listings/listings.ts'
import { lambdaDate } from '../functions/configuration.ts'
import { notFound, paging, refusal } from '../errors.ts'
import { functionArn, namedFunction } from '../functions/names.ts'
import { lambdaTags } from './tags.ts'
import { findFunction } from '../functions/versions.ts'

type Config = NonNullable<Out<'GetCodeSigningConfig'>['CodeSigningConfig']>
type ConfigRow = { arn: string; config: string }

function findConfig(ctx: Ctx, arn: string): Config {
  const row = ctx.sql.first<ConfigRow>('SELECT arn, config FROM lambda_code_signing_configs WHERE arn = ?', arn)
  if (!row) throw notFound(`The Lambda code signing configuration ${arn} can not be found.`)
  return JSON.parse(row.config) as Config // written by the operations below
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateCodeSigningConfig.html */
export function CreateCodeSigningConfig(ctx: Tx, input: In<'CreateCodeSigningConfig'>): Out<'CreateCodeSigningConfig'> {
  const id = `csc-${randomHex(17)}`
  const config: Config = {
    CodeSigningConfigId: id,
    CodeSigningConfigArn: arnAt(ctx.place, 'lambda', `code-signing-config:${id}`),
    ...(input.Description === undefined ? {} : { Description: input.Description }),
    AllowedPublishers: input.AllowedPublishers,
    CodeSigningPolicies: input.CodeSigningPolicies ?? { UntrustedArtifactOnDeployment: 'Warn' },
    LastModified: lambdaDate(ctx.now),
  }
  insert(ctx.sql, 'lambda_code_signing_configs', { arn: config.CodeSigningConfigArn, config: JSON.stringify(config) })
  lambdaTags.set(ctx, config.CodeSigningConfigArn, input.Tags)
  return { CodeSigningConfig: config }
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_UpdateCodeSigningConfig.html */
export function UpdateCodeSigningConfig(ctx: Tx, input: In<'UpdateCodeSigningConfig'>): Out<'UpdateCodeSigningConfig'> {
  const config: Config = {
    ...findConfig(ctx, input.CodeSigningConfigArn),
    ...(input.Description === undefined ? {} : { Description: input.Description }),
    ...(input.AllowedPublishers ? { AllowedPublishers: input.AllowedPublishers } : {}),
    ...(input.CodeSigningPolicies ? { CodeSigningPolicies: input.CodeSigningPolicies } : {}),
    LastModified: lambdaDate(ctx.now),
  }
  ctx.sql.run(
    'UPDATE lambda_code_signing_configs SET config = ? WHERE arn = ?',
    JSON.stringify(config),
    config.CodeSigningConfigArn,
  )
  return { CodeSigningConfig: config }
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetCodeSigningConfig.html */
export function GetCodeSigningConfig(ctx: Ctx, input: In<'GetCodeSigningConfig'>): Out<'GetCodeSigningConfig'> {
  return { CodeSigningConfig: findConfig(ctx, input.CodeSigningConfigArn) }
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_DeleteCodeSigningConfig.html : no function may use it. */
export function DeleteCodeSigningConfig(ctx: Tx, input: In<'DeleteCodeSigningConfig'>): Out<'DeleteCodeSigningConfig'> {
  const arn = findConfig(ctx, input.CodeSigningConfigArn).CodeSigningConfigArn
  if (ctx.sql.first('SELECT 1 FROM lambda_functions WHERE codeSigningConfigArn = ?', arn)) {
    throw refusal(
      'ResourceConflictException',
      'The code signing configuration could not be deleted because it is being used by one or more functions.',
    )
  }
  ctx.sql.run('DELETE FROM lambda_code_signing_configs WHERE arn = ?', arn)
  lambdaTags.drop(ctx, arn)
  return {}
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListCodeSigningConfigs.html */
export function ListCodeSigningConfigs(ctx: Ctx, input: In<'ListCodeSigningConfigs'>): Out<'ListCodeSigningConfigs'> {
  const { rows, next } = listing<ConfigRow>(ctx, paging(input), { from: 'lambda_code_signing_configs', key: 'arn' })
  const CodeSigningConfigs = rows.map(row => JSON.parse(row.config) as Config) // written by the operations above
  return { CodeSigningConfigs, NextMarker: next }
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctionsByCodeSigningConfig.html */
export function ListFunctionsByCodeSigningConfig(
  ctx: Ctx,
  input: In<'ListFunctionsByCodeSigningConfig'>,
): Out<'ListFunctionsByCodeSigningConfig'> {
  const { CodeSigningConfigArn: arn } = findConfig(ctx, input.CodeSigningConfigArn)
  const query = { from: 'lambda_functions', where: { 'codeSigningConfigArn = ?': arn }, key: 'name' }
  const { rows, next } = listing<{ name: string }>(ctx, paging(input), { select: 'name', ...query })
  return { FunctionArns: rows.map(row => functionArn(ctx.place, row.name)), NextMarker: next }
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionCodeSigningConfig.html */
export function PutFunctionCodeSigningConfig(
  ctx: Tx,
  input: In<'PutFunctionCodeSigningConfig'>,
): Out<'PutFunctionCodeSigningConfig'> {
  const arn = input.CodeSigningConfigArn
  checkCodeSigning(ctx, arn)
  const { name } = findFunction(ctx, namedFunction(ctx, { FunctionName: input.FunctionName }))
  ctx.sql.run('UPDATE lambda_functions SET codeSigningConfigArn = ? WHERE name = ?', arn, name)
  return { CodeSigningConfigArn: arn, FunctionName: name }
}

/** @throws CodeSigningConfigNotFoundException */
export function checkCodeSigning(ctx: Ctx, arn: string): void {
  if (ctx.sql.first('SELECT 1 FROM lambda_code_signing_configs WHERE arn = ?', arn)) return
  const message = `The code signing configuration cannot be found. Check that the provided configuration is not deleted: ${arn}.`
  throw refusal('CodeSigningConfigNotFoundException', message)
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionCodeSigningConfig.html */
export function GetFunctionCodeSigningConfig(
  ctx: Ctx,
  input: In<'GetFunctionCodeSigningConfig'>,
): Out<'GetFunctionCodeSigningConfig'> {
  const { name, codeSigningConfigArn } = findFunction(ctx, namedFunction(ctx, { FunctionName: input.FunctionName }))
  return { CodeSigningConfigArn: codeSigningConfigArn ?? '', FunctionName: name }
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunctionCodeSigningConfig.html */
export function DeleteFunctionCodeSigningConfig(
  ctx: Tx,
  input: In<'DeleteFunctionCodeSigningConfig'>,
): Out<'DeleteFunctionCodeSigningConfig'> {
  const { name } = findFunction(ctx, namedFunction(ctx, { FunctionName: input.FunctionName }))
  ctx.sql.run('UPDATE lambda_functions SET codeSigningConfigArn = NULL WHERE name = ?', name)
  return {}
}
