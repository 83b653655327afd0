import type { In, Out } from '../../../../aws/models/iam.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { readPolicy } from '../../../shared/policy-document.ts'
import { contextKeys } from '../../../shared/policy-keys.ts'
import { invalidInput } from '../refusals.ts'
import { sourcePolicies } from './simulated-policies.ts'

/** Policies given as text, each read; refused where one cannot be. */
export function readAll(documents: readonly string[] = []) {
  return documents.map(document => {
    const policy = readPolicy(document)
    if (!policy) throw invalidInput('The policy is not in the valid JSON format.')
    return policy
  })
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetContextKeysForCustomPolicy.html */
export function GetContextKeysForCustomPolicy(
  _ctx: Ctx,
  input: In<'GetContextKeysForCustomPolicy'>,
): Out<'GetContextKeysForCustomPolicy'> {
  return { ContextKeyNames: contextKeys(readAll(input.PolicyInputList)) }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetContextKeysForPrincipalPolicy.html */
export function GetContextKeysForPrincipalPolicy(
  ctx: Ctx,
  input: In<'GetContextKeysForPrincipalPolicy'>,
): Out<'GetContextKeysForPrincipalPolicy'> {
  const given = readAll(input.PolicyInputList)
  const { policies } = sourcePolicies(ctx, input.PolicySourceArn)
  return { ContextKeyNames: contextKeys([...given, ...policies.map(({ document }) => readPolicy(document))]) }
}
