import { z } from 'zod'
import { SIGNING_CERTIFICATE } from '../../durable-objects/services/sns/signing-key.ts'
import { type AdminApp, AdminError, jsonBody } from './admin.ts'
import { askAll } from './ask.ts'

const confirming = z.object({ subscriptionArn: z.string() })
const phone = z.object({ phoneNumber: z.string().regex(/^\+[1-9]\d{6,14}$/) })

/**
 * `POST /_fakecloud/sns/confirm-subscription {subscriptionArn}` confirms one for its endpoint; `POST …/opt-out
 * {phoneNumber}` is a phone's STOP; `GET …/cert.pem` the certificate that SigningCertURL names.
 */
export function snsAdmin(app: AdminApp): void {
  app.get('/_fakecloud/sns/cert.pem', c => {
    return c.body(SIGNING_CERTIFICATE, 200, { 'content-type': 'application/x-pem-file' })
  })
  app.post('/_fakecloud/sns/confirm-subscription', async c => {
    const { data } = confirming.safeParse(await jsonBody(c))
    if (!data) throw new AdminError(400, 'Give a subscriptionArn')
    const [confirmed] = await askAll(c, { service: 'sns', operation: 'ConfirmPending', input: data })
    if (!confirmed) throw new AdminError(404, `There is no subscription ${data.subscriptionArn}`)
    return c.json(confirmed)
  })
  app.post('/_fakecloud/sns/opt-out', async c => {
    const { data } = phone.safeParse(await jsonBody(c))
    if (!data) throw new AdminError(400, 'Give a phoneNumber, as +15550100')
    await askAll(c, { service: 'sns', operation: 'OptOut', input: data })
    return c.json({ optedOut: data.phoneNumber })
  })
}
