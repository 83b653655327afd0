import { proxyDurable } from 'itty-durable'
import type { ClockState } from '../clock/clock.ts'
import type { Env } from '../env.ts'

/** Whether policies are asked: not, to note what would be denied, or to deny. */
export type IamMode = 'off' | 'soft' | 'strict'

/** What a namespace tells each of its objects. */
export type NamespaceSettings = {
  clock: ClockState
  /** Over the deployment's own, where they are set. */
  iam?: IamMode
  verifySigv4?: boolean
  /** The key of the account root in this namespace; without it the deployment's secret for root is taken. */
  credentials?: { accessKeyId: string; secretAccessKey: string }
}

/** Settings as anyone may see them: a secret is told once, to whoever made the namespace. */
export type ShownSettings = Omit<NamespaceSettings, 'credentials'>

/** What is known of a namespace. Times are in real epoch milliseconds; `expiresAt` null means that it stays. */
export type NamespaceDescription = {
  name: string
  createdAt: number
  expiresAt: number | null
  settings: ShownSettings
  objects: number
}

/** What a namespace checks of who calls; `account` asks for a key of its own, of that account's root, if it has none. */
export type NamespaceModes = Pick<NamespaceSettings, 'iam' | 'verifySigv4'> & { account?: string }

/** A namespace as its maker sees it: with its key, this once. */
export type CreatedNamespace = NamespaceDescription & Pick<NamespaceSettings, 'credentials'>

/** The methods of NamespaceObject, as its stub has them: JSON in, JSON out. */
export type NamespaceStub = {
  /** Adds an object to the namespace's list, making the namespace on its first use. */
  register(objectName: string): Promise<NamespaceSettings>
  /** Makes the namespace, or gives it a new lifetime (seconds; null: none). */
  create(ttlSeconds: number | null, modes?: NamespaceModes): Promise<CreatedNamespace>
  /** Null when there is no such namespace. */
  describe(): Promise<{ namespace: NamespaceDescription | null }>
  /** Names of the namespace's objects. */
  list(): Promise<{ objects: string[] }>
  /** The time that objects made while the clock advances begin with; null when it has arrived. Answers their names. */
  step(clock: ClockState | null): Promise<{ objects: string[] }>
  /** Changes settings and tells every object. */
  change(settings: Partial<NamespaceSettings>): Promise<NamespaceSettings>
  /** Erases what these services have in the named objects, or everything; then the clock runs on real time again. */
  reset(objectNames: string[] | null, services?: string[]): Promise<{ erased: number }>
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
