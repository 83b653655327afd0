import type { In, Out } from '../../../aws/models/sns.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { replace } from '../../kernel/object/rows.ts'
import { AwsError } from '../../../aws/errors.ts'
import { listing } from '../../kernel/listings/listings.ts'
import type { Message } from './message.ts'
import { bodyFor } from './message.ts'
import { isPhone } from './protocols.ts'
import { notePublished } from './published.ts'
import { invalidParameter, paging } from './refusals.ts'

const LONGEST = 1600

const invalidPhone = (phone: string) => invalidParameter(`PhoneNumber Reason: ${phone} is not valid to publish to`)

/** Text messages are kept for `/_fakecloud/sns/sms`, and go nowhere. */
export function publishSms(ctx: Tx, phone: string, message: Message): Out<'Publish'> {
  if (!isPhone(phone)) throw invalidPhone(phone)
  const body = bodyFor(message, 'sms')
  if (body.length > LONGEST) throw invalidParameter('Message too long')
  const messageId = crypto.randomUUID()
  recordSms(ctx, { phone, message: body, messageId })
  return { MessageId: messageId }
}

/** A phone that has opted out gets nothing. */
export function recordSms(ctx: Tx, sms: { phone: string; message: string; messageId: string }): void {
  if (ctx.sql.first('SELECT 1 FROM sns_opt_outs WHERE phone = ?', sms.phone)) {
    ctx.journal({
      from: 'sns',
      to: sms.phone,
      outcome: 'refused',
      event: sms.messageId,
      reason: 'The phone has opted out',
    })
    return
  }
  notePublished(ctx, { ...sms, topic: '' })
}

/** https://docs.aws.amazon.com/sns/latest/api/API_CheckIfPhoneNumberIsOptedOut.html */
export function CheckIfPhoneNumberIsOptedOut(
  ctx: Ctx,
  { phoneNumber }: In<'CheckIfPhoneNumberIsOptedOut'>,
): Out<'CheckIfPhoneNumberIsOptedOut'> {
  if (!isPhone(phoneNumber)) throw invalidPhone(phoneNumber)
  return { isOptedOut: ctx.sql.first('SELECT 1 FROM sns_opt_outs WHERE phone = ?', phoneNumber) !== undefined }
}

/** https://docs.aws.amazon.com/sns/latest/api/API_OptInPhoneNumber.html */
export function OptInPhoneNumber(ctx: Tx, { phoneNumber }: In<'OptInPhoneNumber'>): Out<'OptInPhoneNumber'> {
  if (!isPhone(phoneNumber)) throw invalidPhone(phoneNumber)
  ctx.sql.run('DELETE FROM sns_opt_outs WHERE phone = ?', phoneNumber)
  return {}
}

/** A phone says STOP: it gets nothing more. */
export function OptOut(ctx: Tx, { phoneNumber }: { phoneNumber: string }): Record<string, never> {
  ctx.sql.run('INSERT OR IGNORE INTO sns_opt_outs (phone) VALUES (?)', phoneNumber)
  return {}
}

/** https://docs.aws.amazon.com/sns/latest/api/API_ListPhoneNumbersOptedOut.html */
export function ListPhoneNumbersOptedOut(
  ctx: Ctx,
  { nextToken }: In<'ListPhoneNumbersOptedOut'>,
): Out<'ListPhoneNumbersOptedOut'> {
  const refusal = () => invalidParameter('nextToken')
  const query = { from: 'sns_opt_outs', key: 'phone' }
  const { rows, next } = listing<{ phone: string }>(ctx, { ...paging({ NextToken: nextToken }), refusal }, query)
  return { phoneNumbers: rows.map(({ phone }) => phone), nextToken: next }
}

const SMS_ATTRIBUTES = [
  'MonthlySpendLimit',
  'DeliveryStatusIAMRole',
  'DeliveryStatusSuccessSamplingRate',
  'DefaultSenderID',
  'DefaultSMSType',
  'UsageReportS3Bucket',
]

/** https://docs.aws.amazon.com/sns/latest/api/API_SetSMSAttributes.html */
export function SetSMSAttributes(ctx: Tx, { attributes }: In<'SetSMSAttributes'>): Out<'SetSMSAttributes'> {
  for (const [name, value] of Object.entries(attributes)) {
    if (!SMS_ATTRIBUTES.includes(name)) throw invalidParameter(name)
    if (name === 'DefaultSMSType' && !['Promotional', 'Transactional'].includes(value)) throw invalidParameter(name)
  }
  for (const [name, value] of Object.entries(attributes)) {
    replace(ctx.sql, 'sns_sms_attributes', { name, value })
  }
  return {}
}

/** https://docs.aws.amazon.com/sns/latest/api/API_GetSMSAttributes.html */
export function GetSMSAttributes(ctx: Ctx, { attributes: names }: In<'GetSMSAttributes'>): Out<'GetSMSAttributes'> {
  const rows = ctx.sql.all<{ name: string; value: string }>('SELECT name, value FROM sns_sms_attributes ORDER BY name')
  const all = [{ name: 'MonthlySpendLimit', value: '1' }, ...rows]
  const wanted = names?.length ? all.filter(({ name }) => names.includes(name)) : all
  return { attributes: Object.fromEntries(wanted.map(({ name, value }) => [name, value])) }
}

/** https://docs.aws.amazon.com/sns/latest/api/API_CreateSMSSandboxPhoneNumber.html */
export function CreateSMSSandboxPhoneNumber(
  ctx: Tx,
  { PhoneNumber }: In<'CreateSMSSandboxPhoneNumber'>,
): Out<'CreateSMSSandboxPhoneNumber'> {
  if (!isPhone(PhoneNumber)) throw invalidPhone(PhoneNumber)
  const code = String(crypto.getRandomValues(new Uint32Array(1))[0] ?? 0)
    .padStart(6, '0')
    .slice(-6)
  replace(ctx.sql, 'sns_sandbox_phones', { phone: PhoneNumber, code, verified: 0 })
  recordSms(ctx, { phone: PhoneNumber, message: `Your verification code is ${code}`, messageId: crypto.randomUUID() })
  return {}
}

function findSandboxPhone(ctx: Ctx, phone: string): { code: string } {
  const row = ctx.sql.first<{ code: string }>('SELECT code FROM sns_sandbox_phones WHERE phone = ?', phone)
  if (!row) throw new AwsError('ResourceNotFoundException', 'The phone number does not exist in the sandbox')
  return row
}

/** https://docs.aws.amazon.com/sns/latest/api/API_VerifySMSSandboxPhoneNumber.html */
export function VerifySMSSandboxPhoneNumber(
  ctx: Tx,
  { PhoneNumber, OneTimePassword }: In<'VerifySMSSandboxPhoneNumber'>,
): Out<'VerifySMSSandboxPhoneNumber'> {
  const { code } = findSandboxPhone(ctx, PhoneNumber)
  if (code !== OneTimePassword) throw new AwsError('VerificationException', 'Incorrect verification code')
  ctx.sql.run('UPDATE sns_sandbox_phones SET verified = 1 WHERE phone = ?', PhoneNumber)
  return {}
}

/** https://docs.aws.amazon.com/sns/latest/api/API_DeleteSMSSandboxPhoneNumber.html */
export function DeleteSMSSandboxPhoneNumber(
  ctx: Tx,
  { PhoneNumber }: In<'DeleteSMSSandboxPhoneNumber'>,
): Out<'DeleteSMSSandboxPhoneNumber'> {
  findSandboxPhone(ctx, PhoneNumber)
  ctx.sql.run('DELETE FROM sns_sandbox_phones WHERE phone = ?', PhoneNumber)
  return {}
}

/** https://docs.aws.amazon.com/sns/latest/api/API_ListSMSSandboxPhoneNumbers.html */
export function ListSMSSandboxPhoneNumbers(ctx: Ctx): Out<'ListSMSSandboxPhoneNumbers'> {
  const rows = ctx.sql.all<{ phone: string; verified: number }>(
    'SELECT phone, verified FROM sns_sandbox_phones ORDER BY phone',
  )
  const PhoneNumbers = rows.map(({ phone, verified }) => ({
    PhoneNumber: phone,
    Status: verified === 1 ? ('Verified' as const) : ('Pending' as const),
  }))
  return { PhoneNumbers }
}

/** Accounts are in the sandbox until AWS lets them out, which nobody here can. */
export function GetSMSSandboxAccountStatus(): Out<'GetSMSSandboxAccountStatus'> {
  return { IsInSandbox: true }
}
