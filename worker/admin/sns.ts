import { z } from 'zod'
import type { PendingView } from '../../durable-objects/services/sns/introspection.ts'
import type { PublishedPage, ShownMessage, ShownSms } from '../../durable-objects/services/sns/published.ts'
import { SIGNING_CERTIFICATE } from '../../durable-objects/services/sns/signing-key.ts'
import { type AdminApp, type AdminContext, AdminError, jsonBody } from './admin.ts'
import { pagesOf, viewAll, viewNow } from './views.ts'
import { settleAsked } from './settle.ts'

const confirming = z.object({ subscriptionArn: z.string() })
const phone = z.object({ phoneNumber: z.string().regex(/^\+[1-9]\d{6,14}$/) })

/**
 * `GET /_fakecloud/sns/messages` every message that was published, oldest first; `GET …/sms` those to phones;
 * `GET …/pending-confirmations` subscriptions that wait, with their tokens; `POST …/confirm-subscription
 * {subscriptionArn}` confirms one for its endpoint; `POST …/opt-out {phoneNumber}` is a phone's STOP;
 * `GET …/cert.pem` the certificate that SigningCertURL names.
 */
export function snsAdmin(app: AdminApp): void {
  app.get('/_fakecloud/sns/messages', async c => c.json({ messages: (await published(c)).messages }))
  app.get('/_fakecloud/sns/sms', async c => c.json({ messages: (await published(c)).sms }))
  app.get('/_fakecloud/sns/cert.pem', c => {
    return c.body(SIGNING_CERTIFICATE, 200, { 'content-type': 'application/x-pem-file' })
  })
  app.get('/_fakecloud/sns/pending-confirmations', async c => {
    const lists = await viewAll<PendingView[]>(c, 'sns', 'pending')
    return c.json({ pendingConfirmations: lists.flat() })
  })
  app.post('/_fakecloud/sns/confirm-subscription', async c => {
    const { data } = confirming.safeParse(await jsonBody(c))
    if (!data) throw new AdminError(400, 'Give a subscriptionArn')
    const answers = await viewNow<boolean>(c, 'sns', 'confirm', data)
    if (answers.length === 0) throw new AdminError(404, `There is no subscription ${data.subscriptionArn}`)
    return c.json({ confirmed: answers.some(Boolean) })
  })
  app.post('/_fakecloud/sns/opt-out', async c => {
    const { data } = phone.safeParse(await jsonBody(c))
    if (!data) throw new AdminError(400, 'Give a phoneNumber, as +15550100')
    await viewNow(c, 'sns', 'optOut', data)
    return c.json({ optedOut: data.phoneNumber })
  })
}

/** What all objects keep, page by page: together it may be more than one answer between objects carries. */
async function published(c: AdminContext): Promise<{ messages: ShownMessage[]; sms: ShownSms[] }> {
  await settleAsked(c)
  const pages = (await pagesOf<PublishedPage>(c, 'sns', 'messages')).flat()
  const messages = pages.flatMap(page => page.messages).sort((a, b) => a.at - b.at)
  return {
    messages: messages.map(({ at, phone: _phone, ...message }) => ({
      ...message,
      timestamp: new Date(at).toISOString(),
    })),
    sms: messages.flatMap(({ phone: phoneNumber, message }) =>
      phoneNumber === null ? [] : [{ phoneNumber, message }],
    ),
  }
}
