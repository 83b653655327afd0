import type { In, Out } from '../../../../aws/models/iam.types.ts'
import { dropText, keepText, type KeptText, readText } from '../../../kernel/blobs/texts.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import {
  arnOfEntity,
  checkNew,
  deleteEntity,
  entityOf,
  findByArn,
  insertEntity,
  newId,
  saveDetails,
  seconds,
} from '../entities/entities.ts'
import { invalidInput, limitExceeded, noSuchEntity } from '../refusals.ts'
import type { Details, EntityRow, SamlKey } from '../schema.ts'
import { checkTags, setTags, shownTags, taggingOf } from '../entities/tags.ts'

const MAX_KEYS = 2
const CENTURY_MS = 100 * 365 * 86_400_000

const findProvider = (ctx: Ctx, arn: string) => findByArn(ctx, 'saml-provider', arn)

/** When the metadata stops being valid: as it says, else in a hundred years. */
function validUntil(ctx: Ctx, metadata: string): number {
  if (!/<(?:[\w-]+:)?EntityDescriptor[\s>]/.test(metadata)) throw invalidInput('Could not parse metadata')
  const stated = /\svalidUntil="([^"]{1,64})"/.exec(metadata)?.[1]
  const until = stated === undefined ? Number.NaN : Date.parse(stated)
  return Number.isNaN(until) ? seconds(ctx) + CENTURY_MS : until
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateSAMLProvider.html */
export function CreateSAMLProvider(ctx: Tx, input: In<'CreateSAMLProvider'>): Out<'CreateSAMLProvider'> {
  const { Name, SAMLMetadataDocument: metadata, AssertionEncryptionMode, AddPrivateKey, Tags } = input
  checkTags(Tags)
  const until = validUntil(ctx, metadata)
  checkNew(ctx, 'saml-provider', Name)
  const details: Details['saml-provider'] = {
    metadata: keepText(ctx, metadata),
    validUntil: until,
    uuid: newId('ASPA'),
    ...(AssertionEncryptionMode !== undefined && { encryption: AssertionEncryptionMode }),
    keys: AddPrivateKey === undefined ? [] : [newKey(ctx)],
  }
  const provider = insertEntity(ctx, { kind: 'saml-provider', name: Name, details })
  setTags(ctx, provider, Tags)
  return { SAMLProviderArn: arnOfEntity(ctx, provider), ...shownTags(ctx, provider) }
}

function newKey(ctx: Ctx): SamlKey {
  return { id: newId('ASPK'), at: seconds(ctx) }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetSAMLProvider.html */
export function GetSAMLProvider(ctx: Ctx, input: In<'GetSAMLProvider'>): Out<'GetSAMLProvider'> {
  const provider = findProvider(ctx, input.SAMLProviderArn)
  const { uuid, metadata, validUntil: until, encryption, keys } = provider.details
  return {
    SAMLProviderUUID: uuid,
    SAMLMetadataDocument: readText(ctx, metadata),
    CreateDate: new Date(provider.createdAt),
    ValidUntil: new Date(until),
    ...shownTags(ctx, provider),
    ...(encryption !== undefined && { AssertionEncryptionMode: encryption }),
    ...(keys.length > 0 && { PrivateKeyList: keys.map(({ id, at }) => ({ KeyId: id, Timestamp: new Date(at) })) }),
  }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSAMLProviders.html */
export function ListSAMLProviders(ctx: Ctx): Out<'ListSAMLProviders'> {
  const rows = ctx.sql.all<EntityRow>("SELECT * FROM iam_entities WHERE kind = 'saml-provider' ORDER BY name")
  return {
    SAMLProviderList: rows.map(row => {
      const provider = entityOf<'saml-provider'>(row)
      const { createdAt, details } = provider
      return {
        Arn: arnOfEntity(ctx, provider),
        ValidUntil: new Date(details.validUntil),
        CreateDate: new Date(createdAt),
      }
    }),
  }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateSAMLProvider.html */
export function UpdateSAMLProvider(ctx: Tx, input: In<'UpdateSAMLProvider'>): Out<'UpdateSAMLProvider'> {
  const provider = findProvider(ctx, input.SAMLProviderArn)
  const { SAMLMetadataDocument: metadata, AssertionEncryptionMode, AddPrivateKey, RemovePrivateKey } = input
  const { details } = provider
  if (RemovePrivateKey !== undefined && !details.keys.some(({ id }) => id === RemovePrivateKey)) {
    throw noSuchEntity(`The private key with id ${RemovePrivateKey} cannot be found.`)
  }
  const kept = details.keys.filter(({ id }) => id !== RemovePrivateKey)
  if (AddPrivateKey !== undefined && kept.length >= MAX_KEYS) {
    throw limitExceeded(`Cannot exceed quota for PrivateKeysPerSAMLProvider: ${MAX_KEYS}`)
  }
  saveDetails(ctx, provider, {
    ...details,
    ...(metadata !== undefined && renewed(ctx, details.metadata, metadata)),
    ...(AssertionEncryptionMode !== undefined && { encryption: AssertionEncryptionMode }),
    keys: AddPrivateKey === undefined ? kept : [...kept, newKey(ctx)],
  })
  return { SAMLProviderArn: arnOfEntity(ctx, provider) }
}

function renewed(ctx: Tx, before: KeptText, metadata: string) {
  const until = validUntil(ctx, metadata)
  dropText(ctx, before)
  return { metadata: keepText(ctx, metadata), validUntil: until }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteSAMLProvider.html */
export function DeleteSAMLProvider(ctx: Tx, input: In<'DeleteSAMLProvider'>): void {
  const provider = findProvider(ctx, input.SAMLProviderArn)
  dropText(ctx, provider.details.metadata)
  deleteEntity(ctx, provider)
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagSAMLProvider.html */
export const {
  tag: TagSAMLProvider,
  untag: UntagSAMLProvider,
  list: ListSAMLProviderTags,
} = taggingOf((ctx, { SAMLProviderArn }: { SAMLProviderArn: string }) => findProvider(ctx, SAMLProviderArn))
