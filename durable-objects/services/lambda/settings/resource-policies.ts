import type { In, Out } from '../../../../aws/models/lambda.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { statementsOf, type StatementJson } from '../../../shared/policy-grammar.ts'
import { invalidParameter, notFound, refusal } from '../errors.ts'
import { type NamedFunction, namedFunction } from '../functions/names.ts'
import {
  checkRevision,
  type Document,
  LONGEST,
  readPolicy,
  revisionOf,
  type Statement,
  writePolicy,
} from './permissions.ts'
import { findFunction } from '../functions/versions.ts'

/** The policy that AddPermission builds up statement by statement, put and taken whole. */

function namedResource(ctx: Ctx, ResourceArn: string): NamedFunction {
  if (/^arn:[^:]+:lambda:[^:]+:\d{12}:function:/.test(ResourceArn)) {
    return namedFunction(ctx, { FunctionName: ResourceArn })
  }
  throw invalidParameter(`The resource ARN ${ResourceArn} is not the ARN of a function.`)
}

/** @throws InvalidParameterValueException */
function readDocument(text: string, { arn }: NamedFunction): Document {
  let statements: StatementJson[]
  try {
    statements = statementsOf(text, 'The provided policy is not valid JSON.')
  } catch (error) {
    throw error instanceof AwsError ? invalidParameter(error.message) : error
  }
  for (const statement of statements) checkStatement(statement, arn)
  const document = JSON.parse(text) as Document // its grammar was checked
  return { ...document, Statement: statements as Statement[] } // likewise
}

function checkStatement(statement: StatementJson, arn: string): void {
  const { Effect, Principal, Action, Resource } = statement
  if (Effect !== 'Allow' && Effect !== 'Deny') throw invalidParameter(`The policy has an invalid Effect: ${Effect}.`)
  if (Principal === undefined) throw invalidParameter('A statement of the policy has no Principal.')
  const actions = [Action].flat()
  const strange = actions.find(action => typeof action !== 'string' || !/^(?:\*|lambda:[A-Za-z*?]+)$/.test(action))
  if (strange !== undefined || actions.length === 0) {
    throw invalidParameter(`The policy has an invalid Action: ${strange}.`)
  }
  const other = [Resource].flat().find(resource => resource !== arn && resource !== '*')
  if (other === undefined && Resource === undefined)
    throw invalidParameter('A statement of the policy has no Resource.')
  if (other !== undefined) throw invalidParameter(`The policy's Resource ${other} is not the resource ${arn}.`)
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_PutResourcePolicy.html : over any policy there is. */
export function PutResourcePolicy(ctx: Tx, input: In<'PutResourcePolicy'>): Out<'PutResourcePolicy'> {
  const named = namedResource(ctx, input.ResourceArn)
  if (named.qualifier === '$LATEST') {
    throw invalidParameter('We currently do not support adding policies for $LATEST.')
  }
  checkRevision(ctx, named, input.RevisionId)
  const document = readDocument(input.Policy, named)
  const { length } = JSON.stringify(document)
  if (length > LONGEST) {
    throw refusal(
      'PolicyLengthExceededException',
      `The final policy size (${length}) is bigger than the limit (${LONGEST}).`,
    )
  }
  writePolicy(ctx, named, document)
  return { Policy: JSON.stringify(document), RevisionId: revisionOf(ctx, named) }
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetResourcePolicy.html */
export function GetResourcePolicy(ctx: Ctx, input: In<'GetResourcePolicy'>): Out<'GetResourcePolicy'> {
  const named = namedResource(ctx, input.ResourceArn)
  return { Policy: JSON.stringify(findPolicy(ctx, named)), RevisionId: revisionOf(ctx, named) }
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_DeleteResourcePolicy.html */
export function DeleteResourcePolicy(ctx: Tx, input: In<'DeleteResourcePolicy'>): Out<'DeleteResourcePolicy'> {
  const named = namedResource(ctx, input.ResourceArn)
  findPolicy(ctx, named)
  checkRevision(ctx, named, input.RevisionId)
  writePolicy(ctx, named, { Statement: [] })
  return {}
}

function findPolicy(ctx: Ctx, named: NamedFunction): Document {
  findFunction(ctx, named)
  const policy = readPolicy(ctx, named)
  if (!policy) throw notFound('The resource you requested does not exist.')
  return policy
}
