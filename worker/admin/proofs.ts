import { createHash, timingSafeEqual } from 'node:crypto'
import { isRootKey, modesOf } from '../../durable-objects/authorization/modes.ts'
import type { Env } from '../../durable-objects/kernel/env.ts'
import type { NamespaceSettings } from '../../durable-objects/kernel/namespace/namespace-stub.ts'
import { isLocal } from '../../durable-objects/kernel/namespace/secret.ts'

/** What a request shows for itself: the deployment's secret, or a key of its namespace's root. */
export type Proof = { secret?: string; key?: { accessKeyId: string; secretAccessKey: string } }

/** `x-fakecloud-secret: …`, `Authorization: Bearer …` and `Authorization: Basic …`, a key as `<id>:<secret>`. */
export function proofOf(headers: Headers): Proof {
  const own = headers.get('x-fakecloud-secret')
  if (own) return { secret: own }
  const [, scheme = '', value = ''] = /^(Bearer|Basic) +(\S+)$/i.exec(headers.get('authorization') ?? '') ?? []
  const text = scheme.toLowerCase() === 'basic' ? Buffer.from(value, 'base64').toString() : value
  if (text === '') return {}
  const colon = text.indexOf(':')
  if (colon <= 0) return { secret: text.slice(colon + 1) }
  return { key: { accessKeyId: text.slice(0, colon), secretAccessKey: text.slice(colon + 1) } }
}

/** Whether it is the deployment's own secret. What serves a deployment without one is known to everybody, and is none. */
export function isDeployments({ secret }: Proof, env: Env): boolean {
  return secret !== undefined && Boolean(env.FAKECLOUD_SECRET) && isSame(secret, env.FAKECLOUD_SECRET ?? '')
}

/** Whether it is a key of the root of a namespace. Where the emulator is hosted, the secret that everybody knows is none. */
export function isRoots({ key }: Proof, env: Env, settings: Partial<NamespaceSettings>): boolean {
  if (!key || !(settings.credentials || env.FAKECLOUD_ROOT_SECRET || isLocal(env))) return false
  const modes = modesOf(env, settings)
  return isRootKey(key.accessKeyId, modes) && isSame(key.secretAccessKey, modes.rootSecret)
}

/** Compared by their hashes: how long it takes tells nothing of what is right. */
function isSame(one: string, other: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(one), hash(other))
}
