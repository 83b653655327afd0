import type { PrincipalView } from '../iam/entities/principal.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import { GLOBAL_REGION, objectName } from '../../../aws/place.ts'

/** What IAM knows of a principal of an account: `{ accessKeyId }`, `{ roleArn }`…; null when it knows none. */
export async function principalOf(
  ctx: Ctx,
  account: string,
  parameters: Record<string, string>,
): Promise<PrincipalView | null> {
  const name = objectName({ place: { ...ctx.place, account, region: GLOBAL_REGION }, service: 'iam' })
  return (await ctx.env.OBJECTS.getByName(name).introspect('principal', parameters)) as PrincipalView | null // its view's shape
}
