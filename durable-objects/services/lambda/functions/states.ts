/** https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html */
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { meanwhile, stillShown } from '../../../kernel/states/states.ts'
import { refusal } from '../errors.ts'
import type { FunctionConfiguration, VersionRow } from '../schema.ts'
import { functionArn } from './names.ts'

/** How a configuration is shown: by the request that made or changed it, by a later read, or in a list. */
export type Shown = 'created' | 'updated' | 'read' | 'listed'

const CREATING = { StateReason: 'The function is being created.', StateReasonCode: 'Creating' } as const
const STATES: Record<Shown, Partial<FunctionConfiguration>> = {
  created: { State: 'Pending', ...CREATING },
  updated: {
    State: 'Active',
    LastUpdateStatus: 'InProgress',
    LastUpdateStatusReason: 'The function is being created.',
    LastUpdateStatusReasonCode: 'Creating',
  },
  read: { State: 'Active', LastUpdateStatus: 'Successful' },
  listed: {},
}

type Version = Pick<VersionRow, 'name' | 'number'>

const keyOf = ({ name, number }: Version) => `${name}:${number}`
const underWay = (ctx: Ctx, version: Version) => stillShown<FunctionConfiguration>(ctx, keyOf(version))

/** A version is being made or changed. */
export const noteChange = (tx: Tx, version: Version, shown: Shown) => meanwhile(tx, keyOf(version), STATES[shown])

export function stateOf(ctx: Ctx, version: Version, shown: Shown): Partial<FunctionConfiguration> {
  return { ...STATES[shown], ...(shown === 'read' && underWay(ctx, version)) }
}

/** @throws ResourceConflictException while a function is being made */
export function checkActive(ctx: Ctx, version: Version): void {
  if (underWay(ctx, version).State === 'Pending') {
    throw conflict('The function is currently in the following state: Pending')
  }
}

/** @throws ResourceConflictException while it is being made or changed */
export function checkSettled(ctx: Ctx, version: Version): void {
  checkActive(ctx, version)
  if (underWay(ctx, version).LastUpdateStatus === 'InProgress') {
    throw conflict(`An update is in progress for resource: ${functionArn(ctx.place, version.name)}`)
  }
}

const conflict = (why: string) =>
  refusal('ResourceConflictException', `The operation cannot be performed at this time. ${why}`)
