import type { In, Out } from '../../../../aws/models/lambda.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { rootArn } from '../../../../aws/arn.ts'
import { notFound, refusal } from '../errors.ts'
import { layerArn, layerNameOf, layerVersion, type LayerVersionRow } from './layers.ts'

type Named = { LayerName: string; VersionNumber: number }
type Statement = {
  Sid: string
  Effect: 'Allow'
  Principal: unknown
  Action: string
  Resource: string
  Condition?: unknown
}

function findNamed(ctx: Ctx, input: Named): LayerVersionRow {
  const layer = layerNameOf(input.LayerName)
  const row = layerVersion(ctx, layer, input.VersionNumber)
  if (!row) throw notFound(`Layer version ${layerArn(ctx, layer, input.VersionNumber)} does not exist.`)
  return row
}

const statementsOf = (row: LayerVersionRow) => JSON.parse(row.policy ?? '[]') as Statement[] // written by save()

function checkRevision(row: LayerVersionRow, revisionId: string | undefined): void {
  if (revisionId === undefined || revisionId === row.policyRevision) return
  throw refusal(
    'PreconditionFailedException',
    'The Revision Id provided does not match the latest Revision Id. Call the GetLayerPolicy API to retrieve the latest Revision Id',
  )
}

function save(ctx: Tx, row: LayerVersionRow, statements: Statement[]): string {
  const revision = crypto.randomUUID()
  ctx.sql.run(
    'UPDATE lambda_layer_versions SET policy = ?, policyRevision = ? WHERE layer = ? AND version = ?',
    statements.length > 0 ? JSON.stringify(statements) : null,
    revision,
    row.layer,
    row.version,
  )
  return revision
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html */
export function AddLayerVersionPermission(
  ctx: Tx,
  input: In<'AddLayerVersionPermission'>,
): Out<'AddLayerVersionPermission'> {
  const row = findNamed(ctx, input)
  const statements = statementsOf(row)
  if (statements.some(statement => statement.Sid === input.StatementId)) {
    throw refusal(
      'ResourceConflictException',
      `The statement id (${input.StatementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
    )
  }
  checkRevision(row, input.RevisionId)
  const statement: Statement = {
    Sid: input.StatementId,
    Effect: 'Allow',
    Principal: input.Principal === '*' ? '*' : { AWS: rootArn(input.Principal) },
    Action: input.Action,
    Resource: layerArn(ctx, row.layer, row.version),
    ...(input.OrganizationId ? { Condition: { StringEquals: { 'aws:PrincipalOrgID': input.OrganizationId } } } : {}),
  }
  const RevisionId = save(ctx, row, [...statements, statement])
  return { Statement: JSON.stringify(statement), RevisionId }
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_RemoveLayerVersionPermission.html */
export function RemoveLayerVersionPermission(
  ctx: Tx,
  input: In<'RemoveLayerVersionPermission'>,
): Out<'RemoveLayerVersionPermission'> {
  const row = findNamed(ctx, input)
  checkRevision(row, input.RevisionId)
  const statements = statementsOf(row)
  const left = statements.filter(statement => statement.Sid !== input.StatementId)
  if (left.length === statements.length)
    throw notFound(`Statement ${input.StatementId} is not found in resource policy.`)
  save(ctx, row, left)
  return {}
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetLayerVersionPolicy.html */
export function GetLayerVersionPolicy(ctx: Ctx, input: In<'GetLayerVersionPolicy'>): Out<'GetLayerVersionPolicy'> {
  const row = findNamed(ctx, input)
  if (row.policy === null) throw notFound('No policy is associated with the given resource.')
  const Policy = JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: statementsOf(row) })
  return { Policy, ...(row.policyRevision ? { RevisionId: row.policyRevision } : {}) }
}
