import type { In, ObjectLambdaConfiguration, Out } from '../../../aws/models/s3control.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { count, insert } from '../../kernel/object/rows.ts'
import { parseArn } from '../../../aws/arn.ts'
import { AwsError } from '../../../aws/errors.ts'
import { listing } from '../../kernel/listings/listings.ts'
import { checkName } from './access-points.ts'
import { checkAccount, findAccessPoint } from './find-access-point.ts'
import { nameIn, objectLambdaAlias, objectLambdaArn } from './names.ts'
import { alreadyOwned, invalidRequest, noSuchAccessPoint, paging } from './refusals.ts'
import { configurationOf, type ObjectLambdaRow } from './schema.ts'

const MOST = 1000

/** By its name, or its ARN. */
export function findObjectLambda(ctx: Ctx, name: string): ObjectLambdaRow {
  const own = nameIn(ctx.place, name)
  const row = own && ctx.sql.first<ObjectLambdaRow>('SELECT * FROM s3control_object_lambda_points WHERE name = ?', own)
  if (!row) throw noSuchAccessPoint()
  return row
}

function checkConfiguration(ctx: Ctx, configuration: ObjectLambdaConfiguration): ObjectLambdaConfiguration {
  const { SupportingAccessPoint, TransformationConfigurations } = configuration
  if (parseArn(SupportingAccessPoint)?.service !== 's3') {
    throw invalidRequest('The supporting access point must be the ARN of an access point')
  }
  findAccessPoint(ctx, SupportingAccessPoint)
  const actions = TransformationConfigurations.flatMap(({ Actions }) => Actions)
  if (actions.length === 0) throw invalidRequest('At least one transformation action is required')
  if (new Set(actions).size < actions.length) throw invalidRequest('An action can be transformed but once')
  for (const { ContentTransformation } of TransformationConfigurations) {
    const arn = parseArn(ContentTransformation.AwsLambda?.FunctionArn ?? '')
    if (arn?.service !== 'lambda') throw invalidRequest('The function ARN is invalid')
    if (arn.region !== ctx.place.region) throw invalidRequest('The function must be in the region of the access point')
  }
  return configuration
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_CreateAccessPointForObjectLambda.html */
export function CreateAccessPointForObjectLambda(
  ctx: Tx,
  { AccountId, Name, Configuration }: In<'CreateAccessPointForObjectLambda'>,
): Out<'CreateAccessPointForObjectLambda'> {
  checkAccount(ctx, AccountId)
  checkName(Name)
  const configuration = checkConfiguration(ctx, Configuration)
  if (ctx.sql.first('SELECT 1 FROM s3control_object_lambda_points WHERE name = ?', Name)) throw alreadyOwned()
  if (count(ctx.sql, 's3control_object_lambda_points') >= MOST)
    throw new AwsError('TooManyAccessPoints', 'You have attempted to create more accesspoints than allowed')
  const alias = objectLambdaAlias(ctx.place, Name)
  insert(ctx.sql, 's3control_object_lambda_points', {
    name: Name,
    alias,
    createdAt: ctx.now,
    configuration: JSON.stringify(configuration),
  })
  return { ObjectLambdaAccessPointArn: objectLambdaArn(ctx.place, Name), Alias: aliasOf(alias) }
}

const aliasOf = (Value: string) => ({ Value, Status: 'READY' })

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetAccessPointForObjectLambda.html */
export function GetAccessPointForObjectLambda(
  ctx: Ctx,
  { AccountId, Name }: In<'GetAccessPointForObjectLambda'>,
): Out<'GetAccessPointForObjectLambda'> {
  checkAccount(ctx, AccountId)
  const { name, alias, createdAt } = findObjectLambda(ctx, Name)
  return {
    Name: name,
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    },
    CreationDate: new Date(createdAt),
    Alias: aliasOf(alias),
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_DeleteAccessPointForObjectLambda.html */
export function DeleteAccessPointForObjectLambda(ctx: Tx, input: In<'DeleteAccessPointForObjectLambda'>): void {
  checkAccount(ctx, input.AccountId)
  ctx.sql.run('DELETE FROM s3control_object_lambda_points WHERE name = ?', findObjectLambda(ctx, input.Name).name)
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_ListAccessPointsForObjectLambda.html */
export function ListAccessPointsForObjectLambda(
  ctx: Ctx,
  input: In<'ListAccessPointsForObjectLambda'>,
): Out<'ListAccessPointsForObjectLambda'> {
  checkAccount(ctx, input.AccountId)
  const query = { from: 's3control_object_lambda_points', key: 'name' }
  const { rows, next } = listing<ObjectLambdaRow>(ctx, paging(input), query)
  const ObjectLambdaAccessPointList = rows.map(({ name, alias }) => ({
    Name: name,
    ObjectLambdaAccessPointArn: objectLambdaArn(ctx.place, name),
    Alias: aliasOf(alias),
  }))
  return { ObjectLambdaAccessPointList, NextToken: next }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetAccessPointConfigurationForObjectLambda.html */
export function GetAccessPointConfigurationForObjectLambda(
  ctx: Ctx,
  { AccountId, Name }: In<'GetAccessPointConfigurationForObjectLambda'>,
): Out<'GetAccessPointConfigurationForObjectLambda'> {
  checkAccount(ctx, AccountId)
  return { Configuration: configurationOf(findObjectLambda(ctx, Name)) }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_PutAccessPointConfigurationForObjectLambda.html */
export function PutAccessPointConfigurationForObjectLambda(
  ctx: Tx,
  { AccountId, Name, Configuration }: In<'PutAccessPointConfigurationForObjectLambda'>,
): void {
  checkAccount(ctx, AccountId)
  const { name } = findObjectLambda(ctx, Name)
  const configuration = JSON.stringify(checkConfiguration(ctx, Configuration))
  ctx.sql.run('UPDATE s3control_object_lambda_points SET configuration = ? WHERE name = ?', configuration, name)
}
