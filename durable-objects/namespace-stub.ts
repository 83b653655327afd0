import { proxyDurable } from 'itty-durable'
import type { ClockState } from './clock.ts'
import type { Env } from './env.ts'

/** What a namespace tells each of its objects. */
export type NamespaceSettings = { clock: ClockState; iam?: 'off' | 'soft' | 'strict'; verifySigv4?: boolean }

/** What is known of a namespace. Times are in real epoch milliseconds; `expiresAt` null means that it stays. */
export type NamespaceDescription = {
  name: string
  createdAt: number
  expiresAt: number | null
  settings: NamespaceSettings
  objects: number
}

/** The methods of NamespaceObject, as its stub has them: JSON in, JSON out. */
export type NamespaceStub = {
  /** Adds an object to the namespace's list, making the namespace on its first use. */
  register(objectName: string): Promise<NamespaceSettings>
  /** Makes the namespace, or gives it a new lifetime (seconds; null: none). */
  create(ttlSeconds: number | null): Promise<NamespaceDescription>
  /** Null when there is no such namespace. */
  describe(): Promise<{ namespace: NamespaceDescription | null }>
  /** Names of the namespace's objects. */
  list(): Promise<{ objects: string[] }>
  /** Changes settings and tells every object. */
  change(settings: Partial<NamespaceSettings>): Promise<NamespaceSettings>
  /** Erases the named objects, or all; the clock runs on real time again when all go. */
  reset(objectNames: string[] | null): Promise<{ erased: number }>
  /** Erases everything and forgets the namespace. */
  remove(): Promise<{ removed: boolean }>
}

/** The directory of all namespaces is the object of this name, which no namespace can have. */
export const DIRECTORY = '*'

export type DirectoryStub = {
  add(name: string): Promise<{ added: boolean }>
  drop(name: string): Promise<{ dropped: boolean }>
  names(): Promise<{ names: string[] }>
}

export function namespaceStub(env: Env, name: string): NamespaceStub {
  return proxyDurable(env.NAMESPACES, { name: 'NAMESPACES', parse: true }).get(name) as NamespaceStub // itty-durable is untyped
}

export function directoryStub(env: Env): DirectoryStub {
  return proxyDurable(env.NAMESPACES, { name: 'NAMESPACES', parse: true }).get(DIRECTORY) as DirectoryStub // likewise
}
