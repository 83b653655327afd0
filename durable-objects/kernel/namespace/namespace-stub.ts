import type { ClockState } from '../clock/clock.ts'
import type { Env } from '../env.ts'
import type { ActiveRow } from './namespace-rows.ts'
import { DIRECTORY } from './directory.ts'

/** Whether policies are asked: not, to note what would be denied, or to deny. */
export type IamMode = 'off' | 'soft' | 'strict'

/** What a namespace tells each of its objects. */
export type NamespaceSettings = {
  /** Of this life of the namespace: one of the same name that is made after its end has another. */
  id: string
  /** Grows with each change, also from one life to the next: of two tellings the higher holds. */
  version: number
  clock: ClockState
  /** Over the deployment's own, where they are set. */
  iam?: IamMode
  verifySigv4?: boolean
  /** How long what AWS needs a while for is shown as pending, on the clock; without it not beyond its answer. */
  pendingMs?: number
  /** The key of the account root in this namespace; without it the deployment's secret for root is taken. */
  credentials?: { accessKeyId: string; secretAccessKey: string }
}

/** Settings as anyone may see them: a secret is told once, to whoever made the namespace. */
export type ShownSettings = Omit<NamespaceSettings, 'credentials' | 'id' | 'version'>

/** What is known of a namespace. Times are in real epoch milliseconds; `expiresAt` null means that it stays. */
export type NamespaceDescription = {
  name: string
  createdAt: number
  expiresAt: number | null
  settings: ShownSettings
  objects: number
}

/** What a namespace checks of who calls, and how long resources are pending; `account` asks for a key of its own, of that account's root, if it has none. */
export type NamespaceModes = Pick<NamespaceSettings, 'iam' | 'verifySigv4' | 'pendingMs'> & {
  account?: string
  /** Whoever asks has shown a key of the namespace, or the deployment's secret. */
  mayChange?: boolean
}

/** A namespace as its maker sees it: with its key, this once. */
export type CreatedNamespace = NamespaceDescription & Pick<NamespaceSettings, 'credentials'>

/** What of a namespace's settings is changed from outside. */
export type NewSettings = Partial<Omit<NamespaceSettings, 'id' | 'version'>>

/** What a NamespaceObject does for others. */
export type NamespaceStub = Rpc.DurableObjectBranded & {
  /** Adds an object to those that live here, and tells it the settings; null when there are too many. */
  register(objectName: string): Promise<NamespaceSettings | null>
  /** Takes off an object that came to nothing. */
  left(objectName: string): Promise<void>
  /** The settings of the namespace, made if it is not there. */
  settings(): Promise<NamespaceSettings>
  /**
   * Makes the namespace, or gives it a new lifetime (seconds; null: none) and modes: one that verifies signatures only
   * where its maker may change it, else `taken`.
   */
  create(ttlSeconds: number | null, modes?: NamespaceModes): Promise<CreatedNamespace | { taken: true }>
  /** What decides who may steer it; that of a namespace that is not there is the deployment's. */
  door(): { exists: boolean; settings: Partial<NamespaceSettings> }
  describe(): { namespace: NamespaceDescription | null }
  /** Names of the objects that live here. */
  list(): { objects: string[] }
  /** An object says that it has work under way. */
  began(name: string, token: string): void
  /** The objects that may have work under way, without those that have come to rest since they said so. */
  working(rested: ActiveRow[]): ActiveRow[]
  /** NewSettings settings and tells every object. */
  change(changes: NewSettings): Promise<NamespaceSettings>
  /** One step of an advancing clock, kept before anything that it fires runs. */
  step(clock: ClockState): Promise<{ settings: NamespaceSettings; objects: string[] }>
  /** Erases what these services have in the named objects, or everything; then the clock runs on real time again. */
  reset(objectNames: string[] | null, services?: string[]): Promise<{ erased: number }>
  /** Erases everything and forgets the namespace. */
  remove(): Promise<{ removed: boolean }>
  /** The directory's own. */
  add(name: string): void
  drop(name: string): void
  names(): string[]
}

export function namespaceStub(env: Env, name: string) {
  return env.NAMESPACES.getByName(name)
}

export function directoryStub(env: Env) {
  return env.NAMESPACES.getByName(DIRECTORY)
}
