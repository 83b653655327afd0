import { AwsError } from '../../../aws/errors.ts'
import type { Env } from '../env.ts'
import type { OperationResult } from '../object/operation.ts'
import { type Activity, activityOf } from './activity.ts'
import { type NamespaceSettings, namespaceStub } from './namespace-stub.ts'
import { registrar } from './registration.ts'

/** What an object is to its namespace. */
export type Membership = {
  settings: NamespaceSettings | undefined
  registered: boolean
  /** Whether it has heard from its namespace since it woke: what it missed while it slept, or as it fell, it hears then. */
  current: boolean
  readonly active: Activity
  /** Something was done in it. Until then it is a guest, which leaves with the last request that came to nothing. */
  settled: boolean
  /**
   * Makes the object known to its namespace before it serves a request.
   * @throws AwsError for a function of an earlier namespace of the same name, which makes nothing in this one
   */
  admit(request: Asked): Promise<void>
  /** The same for who only looks at it, which comes to nothing. */
  looked<T>(work: () => Promise<T>): Promise<T>
  /** How a request to a guest ended; whoever was admitted says so. */
  ended(request: Asked, cameToNothing: boolean): Promise<void>
  /** It was of its namespace when it last slept. */
  woke(): void
  /** It was erased, and belongs to none. */
  leave(): void
}

/**
 * Whether an operation was refused, or only looked and saw nothing. One that failed by a fault of ours, or of another
 * object that it called, may have changed something before.
 */
export function cameToNothing({ output = {}, error }: OperationResult, looks: boolean): boolean {
  return error ? error.status !== 500 : looks && Object.keys(output).length === 0
}

/** What a request says of where it goes, and of the function that asks. */
type Asked = { to: string; caller: { viaNamespaceId?: string | undefined } }

/** The object, as its membership sees it. */
type Member = {
  readonly name: string
  readonly facts: { place: { namespace: string } }
  readonly background: { busy(): boolean }
  readonly parts: { isBlank(): boolean }
  erase(): Promise<void>
  configure(settings: NamespaceSettings): Promise<void>
}

export function membershipOf(env: Env, member: Member): Membership {
  const register = registrar(env, async told => {
    // What belonged to a namespace that has ended is none of the one that has its name now.
    if (membership.registered && membership.settings?.id && membership.settings.id !== told.id) await member.erase()
    membership.registered = true
    membership.current = true
    await member.configure(told)
  })
  const active = activityOf(async token => {
    await namespaceStub(env, member.facts.place.namespace).began(member.name, token)
  })
  const guests = new Set<Asked>()
  let leaving: Promise<void> | undefined

  async function go(): Promise<void> {
    const { name, facts } = member
    membership.current = false
    try {
      await member.erase()
      // Last: what is listed and holds nothing does no harm, but what holds something must be listed.
      await namespaceStub(env, facts.place.namespace).left(name)
    } catch (error) {
      console.error('leaving', error)
    } finally {
      leaving = undefined
    }
  }

  const membership: Membership = {
    settings: undefined,
    registered: false,
    current: false,
    settled: false,
    active,
    async admit(request) {
      const { to, caller } = request
      const { viaNamespaceId } = caller
      // Asked first: registering would make the namespace that has ended anew.
      if (viaNamespaceId && !membership.current) checkLife(viaNamespaceId, await lifeOf(env, member))
      while (!membership.current) await (leaving ?? register(to))
      if (viaNamespaceId) checkLife(viaNamespaceId, membership.settings?.id)
      if (!membership.settled) guests.add(request)
    },
    async ended(request, cameToNothing) {
      if (!guests.delete(request)) return
      if (!cameToNothing) membership.settled = true
      if (membership.settled || guests.size > 0 || member.background.busy() || !member.parts.isBlank()) return
      leaving = go()
      await leaving
    },
    async looked(work) {
      const asked = { to: member.name, caller: {} }
      await membership.admit(asked)
      try {
        return await work()
      } finally {
        await membership.ended(asked, true)
      }
    },
    woke() {
      membership.registered = true
      membership.settled = true
    },
    leave() {
      guests.clear()
      membership.settled = false
      membership.settings = undefined
      membership.registered = false
      membership.current = false
      active.rested()
    },
  }
  return membership
}

async function lifeOf(env: Env, { facts }: Member): Promise<string | undefined> {
  const { settings } = await namespaceStub(env, facts.place.namespace).door()
  return settings.id
}

/** @throws AwsError */
function checkLife(functions: string, present: string | undefined): void {
  if (functions === present) return
  throw new AwsError('AccessDeniedException', 'The namespace in which this function runs has ended', 403)
}
