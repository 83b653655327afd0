import type { In, Out, VirtualMFADevice } from '../../../../aws/models/iam.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { insert } from '../../../kernel/object/rows.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { userOrCaller } from '../callers.ts'
import {
  arnOfEntity,
  checkNew,
  deleteEntity,
  entityByArn,
  entityById,
  entityOf,
  findUser,
  insertEntity,
  seconds,
} from '../entities/entities.ts'
import { pageOf, pageOfAll } from '../entities/listings.ts'
import { areCodes, newSeed } from './one-time-codes.ts'
import { alreadyExists, limitExceeded, missing, mustFirst, noSuchEntity } from '../refusals.ts'
import type { Entity, EntityRow } from '../schema.ts'
import { checkTags, setTags, shownTags, taggingOf } from '../entities/tags.ts'
import { shownUser } from '../entities/users.ts'

type MfaRow = { device: string; user: string; enabledAt: number }

const MAX_DEVICES = 8

function findDevice(ctx: Ctx, serial: string): Entity<'mfa'> {
  const device = entityByArn(ctx, 'mfa', serial)
  if (!device) throw missing('mfa', serial)
  return device
}

const useOf = (ctx: Ctx, { id }: Entity<'mfa'>) =>
  ctx.sql.first<MfaRow>('SELECT * FROM iam_mfa_users WHERE device = ?', id)

const devicesOf = (ctx: Ctx, { id }: Entity<'user'>) =>
  ctx.sql.all<MfaRow>('SELECT * FROM iam_mfa_users WHERE user = ? ORDER BY device', id)

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateVirtualMFADevice.html */
export function CreateVirtualMFADevice(ctx: Tx, input: In<'CreateVirtualMFADevice'>): Out<'CreateVirtualMFADevice'> {
  const { VirtualMFADeviceName: name, Path, Tags } = input
  checkTags(Tags)
  checkNew(ctx, 'mfa', name)
  const seed = newSeed()
  const device = insertEntity(ctx, { kind: 'mfa', name, path: Path, details: { seed } })
  setTags(ctx, device, Tags)
  return {
    VirtualMFADevice: {
      SerialNumber: arnOfEntity(ctx, device),
      Base32StringSeed: new TextEncoder().encode(seed),
      ...shownTags(ctx, device),
    },
  }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteVirtualMFADevice.html */
export function DeleteVirtualMFADevice(ctx: Tx, input: In<'DeleteVirtualMFADevice'>): void {
  const device = findDevice(ctx, input.SerialNumber)
  if (useOf(ctx, device)) throw mustFirst('deactivate MFA device')
  deleteEntity(ctx, device)
}

function checkCodes(ctx: Ctx, { details }: Entity<'mfa'>, input: In<'ResyncMFADevice'>): void {
  if (areCodes(details.seed, [input.AuthenticationCode1, input.AuthenticationCode2], ctx.now)) return
  throw new AwsError('InvalidAuthenticationCodeException', 'Authentication code for device is not valid.', 403)
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_EnableMFADevice.html */
export function EnableMFADevice(ctx: Tx, input: In<'EnableMFADevice'>): void {
  const user = findUser(ctx, input.UserName)
  const device = findDevice(ctx, input.SerialNumber)
  if (useOf(ctx, device)) throw alreadyExists('MFA Device is already in use.')
  if (devicesOf(ctx, user).length >= MAX_DEVICES) {
    throw limitExceeded(`Cannot exceed quota for MFADevicesPerUser: ${MAX_DEVICES}`)
  }
  checkCodes(ctx, device, input)
  insert(ctx.sql, 'iam_mfa_users', { device: device.id, user: user.id, enabledAt: seconds(ctx) })
}

/** A device that is a user's. */
function findUsed(ctx: Ctx, serial: string, user: Entity<'user'>): Entity<'mfa'> {
  const device = findDevice(ctx, serial)
  if (useOf(ctx, device)?.user !== user.id) {
    throw noSuchEntity(`MFA Device invalid for user.`)
  }
  return device
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeactivateMFADevice.html */
export function DeactivateMFADevice(ctx: Tx, input: In<'DeactivateMFADevice'>): void {
  const device = findUsed(ctx, input.SerialNumber, userOrCaller(ctx, input.UserName))
  ctx.sql.run('DELETE FROM iam_mfa_users WHERE device = ?', device.id)
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ResyncMFADevice.html */
export function ResyncMFADevice(ctx: Ctx, input: In<'ResyncMFADevice'>): void {
  checkCodes(ctx, findUsed(ctx, input.SerialNumber, findUser(ctx, input.UserName)), input)
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetMFADevice.html */
export function GetMFADevice(ctx: Ctx, input: In<'GetMFADevice'>): Out<'GetMFADevice'> {
  const device = findDevice(ctx, input.SerialNumber)
  const use = useOf(ctx, device)
  const user = use && entityById<'user'>(ctx, use.user)
  if (input.UserName !== undefined && user?.name !== input.UserName) throw missing('mfa', input.SerialNumber)
  return {
    SerialNumber: arnOfEntity(ctx, device),
    ...(user && { UserName: user.name }),
    ...(use && { EnableDate: new Date(use.enabledAt) }),
  }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListMFADevices.html */
export function ListMFADevices(ctx: Ctx, input: In<'ListMFADevices'>): Out<'ListMFADevices'> {
  const user = userOrCaller(ctx, input.UserName)
  const rows = devicesOf(ctx, user)
  const page = pageOfAll(ctx, input, { rows, key: ({ device }) => device })
  return {
    MFADevices: page.rows.flatMap(({ device: id, enabledAt }) => {
      const device = entityById<'mfa'>(ctx, id)
      const EnableDate = new Date(enabledAt)
      return device ? [{ UserName: user.name, SerialNumber: arnOfEntity(ctx, device), EnableDate }] : []
    }),
    ...page.end,
  }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListVirtualMFADevices.html */
export function ListVirtualMFADevices(ctx: Ctx, input: In<'ListVirtualMFADevices'>): Out<'ListVirtualMFADevices'> {
  const { AssignmentStatus: status = 'Any' } = input
  const { rows, end } = pageOf<EntityRow>(ctx, input, {
    select: 'e.*',
    from: 'iam_entities e LEFT JOIN iam_mfa_users m ON m.device = e.id',
    where: {
      'e.kind = ?': 'mfa',
      '(m.device IS NOT NULL) = ?': status === 'Any' ? undefined : Number(status === 'Assigned'),
    },
    key: 'e.name',
  })
  return { VirtualMFADevices: rows.map(row => shownDevice(ctx, entityOf<'mfa'>(row))), ...end }
}

function shownDevice(ctx: Ctx, device: Entity<'mfa'>): VirtualMFADevice {
  const use = useOf(ctx, device)
  const user = use && entityById<'user'>(ctx, use.user)
  return {
    SerialNumber: arnOfEntity(ctx, device),
    ...(user && { User: shownUser(ctx, user) }),
    ...(use && { EnableDate: new Date(use.enabledAt) }),
  }
}

/** What STS asks of a second factor. */
export type MultiFactorOperations = {
  CheckMultiFactor: {
    input: { userId: string; serialNumber: string; tokenCode: string }
    output: { valid: boolean }
  }
}

/** Whether a code is what a user's device shows. */
export function CheckMultiFactor(ctx: Ctx, input: MultiFactorOperations['CheckMultiFactor']['input']) {
  const { userId, serialNumber, tokenCode } = input
  const device = entityByArn(ctx, 'mfa', serialNumber)
  const owned = device && useOf(ctx, device)?.user === userId
  return { valid: Boolean(owned && areCodes(device.details.seed, [tokenCode], ctx.now)) }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagMFADevice.html */
export const {
  tag: TagMFADevice,
  untag: UntagMFADevice,
  list: ListMFADeviceTags,
} = taggingOf((ctx, { SerialNumber }: { SerialNumber: string }) => findDevice(ctx, SerialNumber))
