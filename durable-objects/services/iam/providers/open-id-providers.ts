import type { In, Out } from '../../../../aws/models/iam.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import {
  arnOfEntity,
  checkNew,
  deleteEntity,
  entityOf,
  findByArn,
  insertEntity,
  saveDetails,
} from '../entities/entities.ts'
import { invalidInput, quotaExceeded, validationError } from '../refusals.ts'
import type { Entity, EntityRow } from '../schema.ts'
import { checkTags, setTags, shownTags, taggingOf } from '../entities/tags.ts'

const MAX_CLIENTS = 100
const MAX_THUMBPRINTS = 5

const findProvider = (ctx: Ctx, arn: string) => findByArn(ctx, 'oidc-provider', arn)

function checkClients(clientIds: readonly string[]): void {
  if (clientIds.length > MAX_CLIENTS) throw quotaExceeded('ClientIdsPerOpenIdConnectProvider', MAX_CLIENTS)
}

function checkThumbprints(thumbprints: readonly string[]): void {
  if (thumbprints.length > MAX_THUMBPRINTS) throw invalidInput('Thumbprint list must contain fewer than 5 entries.')
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html */
export function CreateOpenIDConnectProvider(
  ctx: Tx,
  input: In<'CreateOpenIDConnectProvider'>,
): Out<'CreateOpenIDConnectProvider'> {
  const { Url, ClientIDList = [], ThumbprintList = [], Tags } = input
  if (!/^https:\/\/[^/?#@]+(?:\/[^?#]*)?$/i.test(Url)) throw validationError('Invalid Open ID Connect Provider URL')
  checkClients(ClientIDList)
  checkThumbprints(ThumbprintList)
  checkTags(Tags)
  const url = Url.slice('https://'.length).replace(/\/$/, '')
  checkNew(ctx, 'oidc-provider', url)
  const details = { url, clientIds: ClientIDList, thumbprints: ThumbprintList }
  const provider = insertEntity(ctx, { kind: 'oidc-provider', name: url, details })
  setTags(ctx, provider, Tags)
  return { OpenIDConnectProviderArn: arnOfEntity(ctx, provider), ...shownTags(ctx, provider) }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOpenIDConnectProvider.html */
export function GetOpenIDConnectProvider(
  ctx: Ctx,
  input: In<'GetOpenIDConnectProvider'>,
): Out<'GetOpenIDConnectProvider'> {
  const provider = findProvider(ctx, input.OpenIDConnectProviderArn)
  const { url, clientIds, thumbprints } = provider.details
  return {
    Url: url,
    ClientIDList: clientIds,
    ThumbprintList: thumbprints,
    CreateDate: new Date(provider.createdAt),
    ...shownTags(ctx, provider),
  }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOpenIDConnectProviders.html */
export function ListOpenIDConnectProviders(ctx: Ctx): Out<'ListOpenIDConnectProviders'> {
  const rows = ctx.sql.all<EntityRow>("SELECT * FROM iam_entities WHERE kind = 'oidc-provider' ORDER BY name")
  return { OpenIDConnectProviderList: rows.map(row => ({ Arn: arnOfEntity(ctx, entityOf(row)) })) }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteOpenIDConnectProvider.html */
export function DeleteOpenIDConnectProvider(ctx: Tx, input: In<'DeleteOpenIDConnectProvider'>): void {
  deleteEntity(ctx, findProvider(ctx, input.OpenIDConnectProviderArn))
}

function saveClients(ctx: Tx, provider: Entity<'oidc-provider'>, clientIds: string[]): void {
  checkClients(clientIds)
  saveDetails(ctx, provider, { ...provider.details, clientIds })
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddClientIDToOpenIDConnectProvider.html */
export function AddClientIDToOpenIDConnectProvider(ctx: Tx, input: In<'AddClientIDToOpenIDConnectProvider'>): void {
  const provider = findProvider(ctx, input.OpenIDConnectProviderArn)
  saveClients(ctx, provider, [...new Set([...provider.details.clientIds, input.ClientID])])
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveClientIDFromOpenIDConnectProvider.html */
export function RemoveClientIDFromOpenIDConnectProvider(
  ctx: Tx,
  input: In<'RemoveClientIDFromOpenIDConnectProvider'>,
): void {
  const provider = findProvider(ctx, input.OpenIDConnectProviderArn)
  saveClients(
    ctx,
    provider,
    provider.details.clientIds.filter(id => id !== input.ClientID),
  )
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateOpenIDConnectProviderThumbprint.html */
export function UpdateOpenIDConnectProviderThumbprint(
  ctx: Tx,
  input: In<'UpdateOpenIDConnectProviderThumbprint'>,
): void {
  const provider = findProvider(ctx, input.OpenIDConnectProviderArn)
  checkThumbprints(input.ThumbprintList)
  saveDetails(ctx, provider, { ...provider.details, thumbprints: input.ThumbprintList })
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagOpenIDConnectProvider.html */
export const {
  tag: TagOpenIDConnectProvider,
  untag: UntagOpenIDConnectProvider,
  list: ListOpenIDConnectProviderTags,
} = taggingOf((ctx, { OpenIDConnectProviderArn }: { OpenIDConnectProviderArn: string }) =>
  findProvider(ctx, OpenIDConnectProviderArn),
)
