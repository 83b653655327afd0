import type { In, Out } from '../../../aws/models/sns.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { insert } from '../../kernel/object/rows.ts'
import { AwsError } from '../../../aws/errors.ts'
import { listing } from '../../kernel/listings/listings.ts'
import { findApplication } from './applications.ts'
import { bodyFor, type Message } from './message.ts'
import { notePublished } from './published.ts'
import { invalidParameter, paging } from './refusals.ts'
import type { Attributes } from './schema.ts'

type EndpointRow = { arn: string; application: string; token: string; attributes: string }

const lookUp = (ctx: Ctx, arn: string) => ctx.sql.first<EndpointRow>('SELECT * FROM sns_endpoints WHERE arn = ?', arn)

function findEndpoint(ctx: Ctx, arn: string): EndpointRow {
  const row = lookUp(ctx, arn)
  if (!row) throw new AwsError('NotFoundException', 'Endpoint does not exist')
  return row
}

const SETTABLE = ['CustomUserData', 'Enabled', 'Token']

function checkAttributes(attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (!SETTABLE.includes(name)) throw invalidParameter(`Attributes Reason: Invalid attribute name: ${name}`)
    if (name === 'Enabled' && !['true', 'false'].includes(value.toLowerCase())) {
      throw invalidParameter('Attributes Reason: Invalid value for attribute: Enabled: must be true or false')
    }
    if (name === 'CustomUserData' && value.length > 2048) throw invalidParameter('Attributes Reason: CustomUserData')
  }
}

/** https://docs.aws.amazon.com/sns/latest/api/API_CreatePlatformEndpoint.html */
export function CreatePlatformEndpoint(ctx: Tx, input: In<'CreatePlatformEndpoint'>): Out<'CreatePlatformEndpoint'> {
  const application = findApplication(ctx, input.PlatformApplicationArn)
  const { Token, CustomUserData, Attributes: stated = {} } = input
  if (Token === '') throw invalidParameter('Token Reason: cannot be empty')
  const attributes = { ...(CustomUserData !== undefined && { CustomUserData }), ...stated }
  checkAttributes(attributes)
  const existing = ctx.sql.first<EndpointRow>(
    'SELECT * FROM sns_endpoints WHERE application = ? AND token = ?',
    application.arn,
    Token,
  )
  if (existing) return { EndpointArn: sameOrRefuse(existing, attributes) }
  const arn = `${application.arn.replace(':app/', ':endpoint/')}/${crypto.randomUUID()}`
  const kept = JSON.stringify({ Enabled: 'true', ...attributes, Token })
  insert(ctx.sql, 'sns_endpoints', { arn, application: application.arn, token: Token, attributes: kept })
  return { EndpointArn: arn }
}

function sameOrRefuse({ arn, attributes }: EndpointRow, stated: Attributes): string {
  const known = JSON.parse(attributes) as Attributes // written by CreatePlatformEndpoint
  if ((stated.CustomUserData ?? '') === (known.CustomUserData ?? '')) return arn
  throw invalidParameter(`Token Reason: Endpoint ${arn} already exists with the same Token, but different attributes.`)
}

/** https://docs.aws.amazon.com/sns/latest/api/API_GetEndpointAttributes.html */
export function GetEndpointAttributes(ctx: Ctx, input: In<'GetEndpointAttributes'>): Out<'GetEndpointAttributes'> {
  return { Attributes: JSON.parse(findEndpoint(ctx, input.EndpointArn).attributes) as Attributes } // likewise
}

/** https://docs.aws.amazon.com/sns/latest/api/API_SetEndpointAttributes.html */
export function SetEndpointAttributes(ctx: Tx, input: In<'SetEndpointAttributes'>): void {
  const { arn, attributes: known, token } = findEndpoint(ctx, input.EndpointArn)
  checkAttributes(input.Attributes)
  const attributes = { ...(JSON.parse(known) as Attributes), ...input.Attributes } // likewise
  ctx.sql.run(
    'UPDATE sns_endpoints SET attributes = ?, token = ? WHERE arn = ?',
    JSON.stringify(attributes),
    attributes.Token ?? token,
    arn,
  )
}

/** No error when there is none. https://docs.aws.amazon.com/sns/latest/api/API_DeleteEndpoint.html */
export function DeleteEndpoint(ctx: Tx, { EndpointArn }: In<'DeleteEndpoint'>): void {
  ctx.sql.run('DELETE FROM sns_endpoints WHERE arn = ?', EndpointArn)
}

/** https://docs.aws.amazon.com/sns/latest/api/API_ListEndpointsByPlatformApplication.html */
export function ListEndpointsByPlatformApplication(
  ctx: Ctx,
  input: In<'ListEndpointsByPlatformApplication'>,
): Out<'ListEndpointsByPlatformApplication'> {
  const { rows, next } = listing<EndpointRow>(ctx, paging(input), {
    from: 'sns_endpoints',
    where: { 'application = ?': findApplication(ctx, input.PlatformApplicationArn).arn },
    key: 'arn',
  })
  const Endpoints = rows.map(row => ({
    EndpointArn: row.arn,
    Attributes: JSON.parse(row.attributes) as Attributes, // likewise
  }))
  return { Endpoints, NextToken: next }
}

/** A push goes to no device; it is kept with the other messages. */
export function publishToEndpoint(ctx: Tx, arn: string, message: Message): Out<'Publish'> {
  const row = lookUp(ctx, arn)
  if (!row) throw invalidParameter('TargetArn Reason: No endpoint found for the target arn specified')
  if (!isEnabled(row)) throw new AwsError('EndpointDisabledException', 'Endpoint is disabled')
  const messageId = crypto.randomUUID()
  notePush(ctx, arn, { message, messageId })
  return { MessageId: messageId }
}

/** The same for a topic's subscriber. */
export function recordPush(ctx: Tx, arn: string, push: { message: Message; messageId: string; from: string }): void {
  const row = lookUp(ctx, arn)
  const hop = { from: push.from, to: arn, event: `Notification ${push.messageId}` }
  if (row && isEnabled(row)) {
    notePush(ctx, arn, push)
    ctx.journal({ ...hop, outcome: 'delivered' })
  } else {
    ctx.journal({
      ...hop,
      outcome: 'refused',
      reason: row ? 'The endpoint is disabled' : 'The endpoint does not exist',
    })
  }
}

const isEnabled = ({ attributes }: EndpointRow) =>
  (JSON.parse(attributes) as Attributes).Enabled?.toLowerCase() !== 'false' // likewise

function notePush(ctx: Tx, arn: string, { message, messageId }: { message: Message; messageId: string }): void {
  const platform = arn.split('/')[1] ?? ''
  notePublished(ctx, { messageId, topic: arn, message: bodyFor(message, platform), subject: message.subject })
}
