import type { PrincipalView } from '../../authorization/principal-view.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import { GLOBAL_REGION } from '../../../aws/place.ts'

/** What IAM knows of a principal of an account: `{ accessKeyId }`, `{ roleArn }`…; null when it knows none. */
export async function principalOf(
  ctx: Ctx,
  account: string,
  parameters: Record<string, string>,
): Promise<PrincipalView | null> {
  const view = await ctx.view('iam', 'principal', parameters, { account, region: GLOBAL_REGION })
  return view as PrincipalView | null // its own shape
}
