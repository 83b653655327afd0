import { z } from 'zod'
import { DEFAULT_ACCOUNT } from '../../aws/place.ts'
import { sendOperation } from '../../durable-objects/kernel/object/calls.ts'
import type { OperationInput } from '../../durable-objects/kernel/object/operation.ts'
import { homeOf } from '../../durable-objects/services/index.ts'
import { parseArn } from '../../aws/arn.ts'
import { newRequestId, newTraceId } from '../../aws/ids.ts'
import { type AdminApp, type AdminContext, AdminError, jsonBody } from './admin.ts'

const vended = z.strictObject({
  resourceArn: z.string().refine(text => parseArn(text) !== undefined, 'resourceArn is no ARN'),
  logType: z.string().min(1),
  records: z.array(z.record(z.string(), z.unknown())).min(1),
})

const anomaly = z.strictObject({
  anomalyDetectorArn: z.string().refine(text => parseArn(text) !== undefined, 'anomalyDetectorArn is no ARN'),
  logGroupArns: z.array(z.string()),
  patternString: z.string(),
  priority: z.string().optional(),
})

/**
 * `POST /_fakecloud/logs/vend { resourceArn, logType, records }` → `{ records }`: logs of a resource whose service is
 * not here (CloudFront's access logs, say), as that service would hand them to CloudWatch Logs.
 * `POST /_fakecloud/logs/anomalies/inject { anomalyDetectorArn, logGroupArns, patternString, priority? }` →
 * `{ anomalyId }`: what the detector is to have found.
 */
export function logsAdmin(app: AdminApp): void {
  app.post('/_fakecloud/logs/vend', async c => {
    const body = vended.safeParse(await jsonBody(c))
    if (!body.success) throw new AdminError(400, z.prettifyError(body.error))
    return c.json(await vend(c, body.data))
  })
  app.post('/_fakecloud/logs/anomalies/inject', async c => {
    const body = anomaly.safeParse(await jsonBody(c))
    if (!body.success) throw new AdminError(400, z.prettifyError(body.error))
    const asked = { operation: 'InjectAnomaly', input: body.data } as const
    return c.json(await callLogs(c, body.data.anomalyDetectorArn, asked))
  })
}

/** Where the logs of services without regions are. */
const GLOBAL_SERVICES_REGION = 'us-east-1'

async function vend(c: AdminContext, { resourceArn, logType, records }: z.infer<typeof vended>) {
  const input = { resourceArn, logType, records: records.map(fields => ({ fields })) }
  await callLogs(c, resourceArn, { operation: 'VendLogs', input })
  return { records: records.length }
}

type Asked =
  | { operation: 'VendLogs'; input: OperationInput<'logs', 'VendLogs'> }
  | { operation: 'InjectAnomaly'; input: OperationInput<'logs', 'InjectAnomaly'> }

/** An internal operation of CloudWatch Logs, where the ARN says. */
async function callLogs(c: AdminContext, arn: string, { operation, input }: Asked) {
  const { namespace } = c.var.routed
  const { service, account, region } = parseArn(arn) ?? {}
  const at = {
    namespace,
    account: account || (c.env.FAKECLOUD_ACCOUNT_ID ?? DEFAULT_ACCOUNT),
    region: region || GLOBAL_SERVICES_REGION,
  }
  const result = await sendOperation(c.env, {
    ...homeOf({ service: 'logs', operation, input }, at),
    operation,
    input,
    caller: { accountId: at.account, service: `${service}.amazonaws.com` },
    requestId: newRequestId(),
    traceId: newTraceId(Date.now()),
  })
  if (result.error) throw new AdminError(400, result.error.message)
  return result.output
}
