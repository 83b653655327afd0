import type { Env } from '../env.ts'
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
  register(name: string): Promise<void>
  /** It was erased, and belongs to none. */
  leave(): void
}

/** The object, as its membership sees it. */
type Member = {
  readonly name: string
  readonly facts: { place: { namespace: string } }
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
  const membership: Membership = {
    settings: undefined,
    registered: false,
    current: false,
    active,
    register,
    leave() {
      membership.settings = undefined
      membership.registered = false
      membership.current = false
      active.rested()
    },
  }
  return membership
}
