import type { Ctx } from '../object/operation.ts'
import { objectName } from '../../../aws/place.ts'
import { sendOperation } from '../object/send.ts'

/** Tells CloudWatch that there are new values, unless it has never been used: then there are no alarms either. */
export async function tellCloudWatch(ctx: Ctx, watched: boolean | undefined): Promise<void> {
  const { env, place, requestId, traceId } = ctx
  const to = objectName({ place, service: 'cloudwatch' })
  if (!watched && !(await ctx.neighbours()).includes(to)) return
  const caller = { accountId: place.account }
  await sendOperation(env, { to, operation: 'NoteMetrics', input: {}, caller, requestId, traceId })
}
