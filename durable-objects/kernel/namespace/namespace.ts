import { createDurable } from 'itty-durable'
import { type ClockState, REAL_CLOCK } from '../clock/clock.ts'
import { parseObjectName } from '../../../aws/place.ts'
import type { Env } from '../env.ts'
import {
  type CreatedNamespace,
  directoryStub,
  type NamespaceDescription,
  type NamespaceModes,
  type NamespaceSettings,
} from './namespace-stub.ts'
import { newAccessKeyId, newSecretAccessKey } from './credentials.ts'

/** itty-durable's base keeps the document below in storage after each call, and gives its object under `state`. */
type IttyState = { env: Env; idFromName?: string; storage: DurableObjectStorage }

const Durable = createDurable({ autoPersist: true })

/** A key of the account root, good in its namespace alone. */
const newRootKey = (account: string) => ({
  accessKeyId: newAccessKeyId('AKIA', account),
  secretAccessKey: newSecretAccessKey(),
})

const freshSettings = (): NamespaceSettings => ({ clock: { ...REAL_CLOCK } })

/** One small JSON document a namespace: when it was made and ends, its clock and modes, and the objects that live in it. */
export class NamespaceObject extends Durable {
  name = ''
  createdAt = 0
  expiresAt: number | null = null
  settings: NamespaceSettings = freshSettings()
  objects: Record<string, 1> = {}
  /** Used by the directory alone. */
  listed: Record<string, 1> = {}

  declare private readonly stepping: ClockState | undefined

  private get itty(): IttyState {
    return this.state as IttyState // untyped in itty-durable
  }

  async register(objectName: string): Promise<NamespaceSettings> {
    await this.open()
    this.objects[objectName] = 1
    const { stepping } = this
    return stepping ? { ...this.settings, clock: stepping } : this.settings
  }

  async create(ttlSeconds: number | null, modes: NamespaceModes = {}): Promise<CreatedNamespace> {
    await this.open()
    this.expiresAt = ttlSeconds === null ? null : Date.now() + ttlSeconds * 1000
    if (this.expiresAt === null) await this.deleteAlarm()
    else await this.setAlarm(this.expiresAt)
    const { iam, verifySigv4, account } = modes
    const credentials = account === undefined || this.settings.credentials ? undefined : newRootKey(account)
    const changed = {
      ...(iam && { iam }),
      ...(verifySigv4 !== undefined && { verifySigv4 }),
      ...(credentials && { credentials }),
    }
    if (Object.keys(changed).length > 0) await this.change(changed)
    return { ...this.description(), ...(credentials && { credentials }) }
  }

  private async open(): Promise<void> {
    if (this.createdAt) return
    this.name = this.itty.idFromName ?? ''
    this.createdAt = Date.now()
    await directoryStub(this.itty.env).add(this.name)
  }

  private description(): NamespaceDescription {
    const { name, createdAt, expiresAt } = this
    const { credentials: _secret, ...settings } = this.settings
    return { name, createdAt, expiresAt, settings, objects: Object.keys(this.objects).length }
  }

  describe(): { namespace: NamespaceDescription | null } {
    return { namespace: this.createdAt ? this.description() : null }
  }

  list(): { objects: string[] } {
    return { objects: Object.keys(this.objects) }
  }

  step(clock: ClockState | null): { objects: string[] } {
    // Not enumerable, so that it is not kept: after a crash the clock is where it was before the advance.
    Object.defineProperty(this, 'stepping', { value: clock ?? undefined, configurable: true })
    return this.list()
  }

  async change(settings: Partial<NamespaceSettings>): Promise<NamespaceSettings> {
    await this.open()
    this.settings = { ...this.settings, ...settings }
    await Promise.all(Object.keys(this.objects).map(name => this.object(name).configure(this.settings)))
    return this.settings
  }

  private object(name: string) {
    return this.itty.env.OBJECTS.getByName(name)
  }

  async reset(objectNames: string[] | null, services?: string[]): Promise<{ erased: number }> {
    if (objectNames && services) return await this.resetServices(objectNames, services)
    const names = objectNames ?? Object.keys(this.objects)
    if (!objectNames) this.settings = { ...this.settings, clock: { ...REAL_CLOCK } }
    for (const name of names) delete this.objects[name]
    await Promise.all(names.map(name => this.object(name).erase()))
    return { erased: names.length }
  }

  /** A resource's own object goes; one of a place keeps its other services. */
  private async resetServices(names: string[], services: string[]): Promise<{ erased: number }> {
    for (const name of names) if (parseObjectName(name).service !== undefined) delete this.objects[name]
    await Promise.all(names.flatMap(name => services.map(service => this.object(name).erase(service))))
    return { erased: names.length }
  }

  async remove(): Promise<{ removed: boolean }> {
    const existed = this.createdAt !== 0
    if (existed) await directoryStub(this.itty.env).drop(this.name)
    await this.reset(null)
    this.createdAt = 0
    this.expiresAt = null
    this.settings = freshSettings()
    await this.deleteAlarm()
    return { removed: existed }
  }

  /** A namespace with a lifetime ends here. */
  async alarm(): Promise<void> {
    await this.loadFromStorage()
    if (this.expiresAt === null || this.expiresAt > Date.now()) return
    await this.remove()
    await this.persist()
  }

  add(name: string): { added: boolean } {
    this.listed[name] = 1
    return { added: true }
  }

  drop(name: string): { dropped: boolean } {
    const dropped = name in this.listed
    delete this.listed[name]
    return { dropped }
  }

  names(): { names: string[] } {
    return { names: Object.keys(this.listed).sort() }
  }
}
