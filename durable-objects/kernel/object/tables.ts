import { TIMER_SCHEMA } from '../clock/clock.ts'
import { BLOB_SCHEMA, BLOB_SERVICES, eraseBlobs } from '../blobs/blobs.ts'
import { POST_SCHEMA } from '../http-out/posts.ts'
import { JOURNAL_SCHEMA } from '../journal/journal.ts'
import { METRICS_SCHEMA } from '../metrics/metrics.ts'
import { CLIENT_TOKEN_SCHEMA } from '../idempotency/client-tokens.ts'
import { INBOX_SCHEMA } from '../outbox/inbox.ts'
import { OUTBOX_SCHEMA } from '../outbox/outbox-rows.ts'
import { STATE_SCHEMA } from '../states/states.ts'
import { TAG_SCHEMA } from '../tags/tags.ts'
import type { Above } from './catalog.ts'
import type { Changes } from './changes.ts'
import { dropService, META_SCHEMA, migrate, openedServices, readMeta, writeMeta } from './meta.ts'
import type { ServiceDefinition, Tx } from './operation.ts'
import type { Sql } from './sql.ts'

/** The kernel's own migrations: append-only, like a service's. */
export const KERNEL_MIGRATIONS = [
  [
    TIMER_SCHEMA,
    JOURNAL_SCHEMA,
    OUTBOX_SCHEMA,
    INBOX_SCHEMA,
    METRICS_SCHEMA,
    BLOB_SCHEMA,
    CLIENT_TOKEN_SCHEMA,
    TAG_SCHEMA,
  ].join('\n'),
  BLOB_SERVICES,
  POST_SCHEMA + STATE_SCHEMA,
]

/** The tables of one object: its own, and those of the services that were used in it. */
export type Tables = {
  /** Whether the object has its own tables. */
  ready(): boolean
  /** Makes them, on the object's first use. */
  prepare(): void
  /** A service, with its tables made on its first use here. */
  open(service: string): ServiceDefinition
  /** Services that have tables here. */
  opened(): string[]
  has(service: string): boolean
  /** Takes up what an object that wakes has. */
  wake(): void
  drop(service: string): void
  /** All is gone from storage. */
  forget(): void
}

type Host = { sql: Sql; changes: Changes; above: Above; name(): string; own(service: string): Tx }

export function tablesOf({ sql, changes, above, name, own }: Host): Tables {
  const { catalog } = above
  let ready = false
  let opened = new Set<string>()

  function prepare(): void {
    if (ready) return
    changes.run(() => {
      sql.run(META_SCHEMA)
      migrate(sql, 'kernel', KERNEL_MIGRATIONS)
      migrate(sql, 'above', above.migrations)
      if (readMeta(sql, 'name') === undefined) writeMeta(sql, 'name', name())
    })
    ready = true
    changes.undone(() => {
      ready = false
    })
  }

  function open(service: string): ServiceDefinition {
    const definition = catalog.definitionOf(service)
    if (opened.has(service)) return definition
    changes.run(() => {
      prepare()
      if (migrate(sql, service, definition.migrations)) definition.onCreate?.(own(service))
    })
    opened.add(service)
    changes.undone(() => opened.delete(service))
    return definition
  }

  function wake(): void {
    prepare()
    for (const service of openedServices(sql)) open(service)
  }

  return {
    ready: () => ready,
    prepare,
    open,
    opened: () => [...opened],
    has: service => opened.has(service),
    wake,
    drop(service) {
      changes.run(() => {
        eraseBlobs(own(service))
        dropService(sql, service)
      })
      opened.delete(service)
    },
    forget() {
      ready = false
      opened = new Set()
    },
  }
}
