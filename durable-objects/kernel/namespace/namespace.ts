import { DurableObject } from 'cloudflare:workers'
import { parseObjectName } from '../../../aws/place.ts'
import { type ClockState, REAL_CLOCK } from '../clock/clock.ts'
import { type Env, verifiesAll } from '../env.ts'
import { changesOf } from '../object/changes.ts'
import { keptRows } from '../object/kept-rows.ts'
import { type Sql, sqlOf } from '../object/sql.ts'
import { newRootKey } from './credentials.ts'
import { DIRECTORY, DIRECTORY_SCHEMA, dropName, listedNames, listName } from './directory.ts'
import { type ActiveRow, NAMESPACE_SCHEMA, type NamespaceRow, settingsOf, writeSettings } from './namespace-rows.ts'
import {
  type CreatedNamespace,
  directoryStub,
  type NamespaceDescription,
  type NamespaceModes,
  type NamespaceSettings,
  type NewSettings,
} from './namespace-stub.ts'

/** Objects of one namespace: accounts, regions, buckets and the like. */
export const NAMESPACE_MOST_OBJECTS = 100_000

/**
 * A namespace: when it was made and ends, its clock and modes, and the objects that live in it. The object of the
 * directory lists them all.
 */
export class NamespaceObject extends DurableObject<Env> {
  private readonly sql: Sql
  /** Objects that have come, some of them again, since they were last to be erased. */
  private readonly came = new Set<string>()

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.sql = sqlOf(ctx.storage, { changes: changesOf(ctx.storage), kept: keptRows() })
    if (ctx.id.name === DIRECTORY) this.sql.run(DIRECTORY_SCHEMA)
  }

  /** Undefined while there is no such namespace: merely asking for one writes nothing. */
  private row(): NamespaceRow | undefined {
    const made = this.sql.first("SELECT 1 FROM sqlite_master WHERE name = 'namespace'")
    return made ? this.sql.first<NamespaceRow>('SELECT * FROM namespace') : undefined
  }

  /** The namespace's row, made on its first use. */
  private async open(): Promise<NamespaceRow> {
    const before = this.row()
    if (before) return before
    const name = this.ctx.id.name ?? ''
    // Listed first: what was made and is not listed would never be found again.
    await directoryStub(this.env).add(name)
    return this.row() ?? this.make(name)
  }

  private make(name: string): NamespaceRow {
    const now = Date.now()
    return this.sql.transaction(() => {
      this.sql.run(NAMESPACE_SCHEMA)
      this.sql.run(
        'INSERT INTO namespace (id, name, createdAt, version, offsetMs) VALUES (?, ?, ?, ?, 0)',
        crypto.randomUUID(),
        name,
        now,
        // Above all that an earlier life has come to: no namespace changes each millisecond.
        now,
      )
      return this.sql.first<NamespaceRow>('SELECT * FROM namespace') as NamespaceRow // just written
    })
  }

  /** Adds an object to those that live here, and tells it the settings; null when there are too many. */
  async register(objectName: string): Promise<NamespaceSettings | null> {
    const row = await this.open()
    const known = this.sql.first('SELECT 1 FROM objects WHERE name = ?', objectName)
    if (!known && this.count() >= NAMESPACE_MOST_OBJECTS) return null
    if (!known) this.sql.run('INSERT INTO objects (name) VALUES (?)', objectName)
    this.came.add(objectName)
    return settingsOf(row)
  }

  /** An object came to nothing; with the last of them goes a namespace that nobody has made or asked for. */
  async left(objectName: string): Promise<void> {
    const row = this.row()
    if (!row) return
    this.forget([objectName])
    if (row.version === row.createdAt && this.count() === 0) await this.remove()
  }

  private count(): number {
    return this.sql.first<{ n: number }>('SELECT COUNT(*) AS n FROM objects')?.n ?? 0
  }

  /** The settings of the namespace, made if it is not there: what they are asked for holds as long as it. */
  async settings(): Promise<NamespaceSettings> {
    return await this.write({})
  }

  /**
   * Makes the namespace, or gives it a new lifetime (seconds; null: none) and modes: one that verifies signatures only
   * where its maker may change it, else `taken`.
   */
  async create(ttlSeconds: number | null, modes: NamespaceModes = {}): Promise<CreatedNamespace | { taken: true }> {
    const before = this.row()
    const closed = before && (settingsOf(before).verifySigv4 ?? verifiesAll(this.env))
    if (closed && !modes.mayChange) return { taken: true }
    const known = settingsOf(await this.open())
    const expiresAt = ttlSeconds === null ? null : Date.now() + ttlSeconds * 1000
    this.sql.run('UPDATE namespace SET expiresAt = ?', expiresAt)
    if (expiresAt === null) await this.ctx.storage.deleteAlarm()
    else await this.ctx.storage.setAlarm(expiresAt)
    const { iam, verifySigv4, pendingMs, account } = modes
    const credentials = account === undefined || known.credentials ? undefined : newRootKey(account)
    const changes = {
      ...(iam && { iam }),
      ...(verifySigv4 !== undefined && { verifySigv4 }),
      ...(pendingMs !== undefined && { pendingMs }),
      ...(credentials && { credentials }),
    }
    await this.change(changes)
    return { ...this.description(await this.open()), ...(credentials && { credentials }) }
  }

  private description(row: NamespaceRow): NamespaceDescription {
    const { name, createdAt, expiresAt } = row
    const { credentials: _secret, id: _id, version: _version, ...settings } = settingsOf(row)
    return { name, createdAt, expiresAt, settings, objects: this.count() }
  }

  /** What decides who may steer it; that of a namespace that is not there is the deployment's. */
  door(): { exists: boolean; settings: Partial<NamespaceSettings> } {
    const row = this.row()
    return { exists: row !== undefined, settings: row ? settingsOf(row) : {} }
  }

  describe(): { namespace: NamespaceDescription | null } {
    const row = this.row()
    return { namespace: row ? this.description(row) : null }
  }

  /** Names of the objects that live here. */
  list(): { objects: string[] } {
    if (!this.row()) return { objects: [] }
    const rows = this.sql.all<{ name: string }>('SELECT name FROM objects ORDER BY name')
    return { objects: rows.map(({ name }) => name) }
  }

  /** An object says that it has work under way; of one that is none of ours nobody waits for it. */
  began(name: string, token: string): void {
    if (!this.row() || !this.sql.first('SELECT 1 FROM objects WHERE name = ?', name)) return
    this.sql.run('INSERT OR REPLACE INTO active (name, token) VALUES (?, ?)', name, token)
  }

  /** The objects that may have work under way, without those that have come to rest since they said so. */
  working(rested: ActiveRow[]): ActiveRow[] {
    if (!this.row()) return []
    for (const { name, token } of rested) this.sql.run('DELETE FROM active WHERE name = ? AND token = ?', name, token)
    return this.sql.all<ActiveRow>('SELECT name, token FROM active')
  }

  /** Changes settings and tells every object. */
  async change(changes: NewSettings): Promise<NamespaceSettings> {
    const settings = await this.write(changes)
    await Promise.all(this.list().objects.map(name => this.object(name).configure(settings)))
    return settings
  }

  private async write(changes: NewSettings): Promise<NamespaceSettings> {
    const known = settingsOf(await this.open())
    writeSettings(this.sql, { ...known, ...changes })
    return settingsOf(await this.open())
  }

  /**
   * One step of an advancing clock: kept before anything that it fires runs, so that time never goes back. Whoever asks
   * tells the objects, of which it answers the names.
   */
  async step(clock: ClockState): Promise<{ settings: NamespaceSettings; objects: string[] }> {
    return { settings: await this.write({ clock }), ...this.list() }
  }

  private object(name: string) {
    return this.env.OBJECTS.getByName(name)
  }

  /** Erases the named objects, or all; the clock runs on real time again when all go. */
  async reset(objectNames: string[] | null, services?: string[]): Promise<{ erased: number }> {
    if (!this.row()) return { erased: 0 }
    if (objectNames && services) return await this.resetServices(objectNames, services)
    const names = objectNames ?? this.list().objects
    if (!objectNames) await this.write({ clock: { ...REAL_CLOCK } })
    await this.eraseAll(names)
    return { erased: names.length }
  }

  /** Forgotten last: what is listed and holds nothing does no harm, but what a cut left holding something must be listed. */
  private async eraseAll(names: string[]): Promise<void> {
    for (const name of names) this.came.delete(name)
    await Promise.all(names.map(name => this.object(name).erase()))
    this.forget(names.filter(name => !this.came.has(name)))
  }

  /** A resource's own object goes; one of a place keeps its other services. */
  private async resetServices(names: string[], services: string[]): Promise<{ erased: number }> {
    const isOwn = (name: string) => parseObjectName(name).service !== undefined
    const places = names.filter(name => !isOwn(name))
    const parts = places.flatMap(name => services.map(service => this.object(name).erase(service)))
    await Promise.all([this.eraseAll(names.filter(isOwn)), ...parts])
    return { erased: names.length }
  }

  private forget(names: string[]): void {
    for (const name of names) {
      this.sql.run('DELETE FROM objects WHERE name = ?', name)
      this.sql.run('DELETE FROM active WHERE name = ?', name)
    }
  }

  /** Erases everything and forgets the namespace: what is made of its name from then on is another. */
  async remove(): Promise<{ removed: boolean }> {
    const row = this.row()
    if (!row) return { removed: false }
    await this.eraseAll(this.list().objects)
    // Another may have removed it meanwhile, and a third made it anew.
    if (this.row()?.id !== row.id) return { removed: true }
    const names = this.list().objects
    await this.ctx.storage.deleteAlarm()
    await this.ctx.storage.deleteAll()
    await directoryStub(this.env).drop(row.name)
    await Promise.all(names.map(name => this.object(name).erase()))
    return { removed: true }
  }

  /** A namespace with a lifetime ends here. */
  override async alarm(): Promise<void> {
    const expiresAt = this.row()?.expiresAt ?? null
    if (expiresAt !== null && expiresAt <= Date.now()) await this.remove()
  }

  add(name: string): void {
    listName(this.sql, name)
  }

  drop(name: string): void {
    dropName(this.sql, name)
  }

  names(): string[] {
    return listedNames(this.sql)
  }
}
