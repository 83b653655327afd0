import { jsonWithBytes, parseWithBytes } from '../../../aws/json-bytes.ts'
import type { Hop } from '../journal/journal.ts'
import type { ServiceDefinition, Tx } from '../object/operation.ts'
import type { Sql } from '../object/sql.ts'
import { type Failure, type Post, type Posted, type Posting, tryPost, type Unposted } from './posting.ts'

/** `due` is on the namespace's clock, by which an endpoint is tried again. */
type PostRow = Omit<Posted, 'about'> & { service: string; about: string; due: number }

/** `_post_lanes`: the last second in which a lane has tries, and how many. */
export const POST_SCHEMA = `
CREATE TABLE _posts (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, service TEXT NOT NULL, lane TEXT NOT NULL, "from" TEXT NOT NULL,
  "to" TEXT NOT NULL, event TEXT NOT NULL, traceId TEXT NOT NULL, body TEXT NOT NULL, about TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, at INTEGER NOT NULL, due INTEGER NOT NULL
);
CREATE INDEX _posts_due ON _posts (due, seq, lane);
CREATE TABLE _post_lanes (lane TEXT PRIMARY KEY, second INTEGER NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID;`

/** Posts that may wait in one object; what comes then is given up. */
const MOST_WAITING = 10_000
/** Posts under way at once in an object, and of one lane: a slow endpoint holds up no other. */
const MOST_UNDER_WAY = 50
const MOST_OF_A_LANE = 20
/** How soon, and how often, a post is tried again whose service fails at it itself. */
const FAILED_MS = 60_000
const MOST_FAILED = 300
const SECOND_MS = 1000

export type PostsHost = {
  sql: Sql
  definitionOf(service: string): ServiceDefinition
  own(service: string, traceId: string): Tx
  change<T>(work: () => T): T
  /** Does something once the change under way has committed. */
  committed(work: () => void): void
  now(): number
  track(work: Promise<unknown>): void
  /** Until it resolves, whoever waits for the object's work does not know of it. */
  told(): Promise<void> | undefined
  /** There is something else to be done next. */
  arm(): void
}

export type Posts = {
  add(post: Post, of: { service: string; traceId: string }): void
  /** Starts what is due and may be tried. Answers how many. */
  kick(): number
  /** When the next one falls due that may be tried; null where none may before another has ended. */
  next(): number | null
  /** Whether some are under way: should the object be killed, they are to be made again. */
  waiting(): boolean
  /** All was erased: what is under way holds up nothing that is posted from now on. */
  forget(): void
}

/**
 * The posts of one object: rows written with the change that caused them, tried at once, and again by the namespace's
 * clock as their service says, until the endpoint takes them or they are given up.
 */
export function postsOf(host: PostsHost): Posts {
  const { sql } = host
  /** Lanes by the ids of posts. */
  let underWay = new Map<string, string>()
  /** There is none: nobody asks the table. */
  let empty = false

  function add(post: Post, { service, traceId }: { service: string; traceId: string }): void {
    const chain = post.traceId ?? traceId
    const posted: Posted = { ...post, traceId: chain, id: crypto.randomUUID(), attempts: 0, at: host.now() }
    const to = senderOf(service, chain)
    if (isFull()) {
      giveUp(to, posted, { code: 'Full', reason: `${MOST_WAITING} posts are waiting`, lasting: true })
      return
    }
    const due = slotOf(post.lane, to.posting.policy(to.tx, post).perSecond, posted.at)
    sql.run(
      `INSERT INTO _posts (id, service, lane, "from", "to", event, traceId, body, about, at, due)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      posted.id,
      service,
      post.lane,
      post.from,
      post.to,
      post.event,
      chain,
      post.body,
      jsonWithBytes(post.about),
      posted.at,
      due,
    )
    empty = false
    host.committed(goOn)
  }

  const isFull = () => (sql.first<{ n: number }>('SELECT COUNT(*) AS n FROM _posts')?.n ?? 0) >= MOST_WAITING

  type Sender = { tx: Tx; posting: Posting }

  function senderOf(service: string, traceId: string): Sender {
    const { posts: posting } = host.definitionOf(service)
    if (!posting) throw new Error(`${service} does not say how it posts`)
    return { tx: host.own(service, traceId), posting }
  }

  /** When a lane has a try left: not before the earliest, and in its second. */
  function slotOf(lane: string, perSecond: number | undefined, earliest: number): number {
    if (perSecond === undefined) return earliest
    const secondOf = (at: number) => Math.floor(at / SECOND_MS) * SECOND_MS
    sql.run('DELETE FROM _post_lanes WHERE second < ?', secondOf(host.now()))
    const slot = sql.first<{ second: number }>(
      `INSERT INTO _post_lanes (lane, second, used) VALUES (?1, ?2, 1) ON CONFLICT (lane) DO UPDATE SET
         used = CASE WHEN second < ?2 OR used >= ?3 THEN 1 ELSE used + 1 END,
         second = CASE WHEN second < ?2 THEN ?2 WHEN used < ?3 THEN second ELSE second + ${SECOND_MS} END
       RETURNING second`,
      lane,
      secondOf(earliest),
      perSecond,
    )
    return Math.max(earliest, slot?.second ?? earliest)
  }

  /** The earliest that may be tried, due by `until`. */
  function first(until: number): Pick<PostRow, 'id' | 'lane' | 'due'> | undefined {
    if (empty || underWay.size >= MOST_UNDER_WAY) return undefined
    const lanes = Map.groupBy(underWay.values(), lane => lane)
    const full = [...lanes].filter(([, posts]) => posts.length >= MOST_OF_A_LANE).map(([lane]) => lane)
    return sql.first(
      `SELECT id, lane, due FROM _posts WHERE due <= ? AND id NOT IN (SELECT value FROM json_each(?))
       AND lane NOT IN (SELECT value FROM json_each(?)) ORDER BY due, seq LIMIT 1`,
      until,
      JSON.stringify([...underWay.keys()]),
      JSON.stringify(full),
    )
  }

  function kick(): number {
    const now = host.now()
    let count = 0
    for (let row = first(now); row; row = first(now)) {
      start(row.id, row.lane)
      count += 1
    }
    return count
  }

  function goOn(): void {
    kick()
    host.arm()
  }

  function start(id: string, lane: string): void {
    const life = underWay
    life.set(id, lane)
    // Nothing is set off elsewhere before whoever waits for it can know.
    const tried = Promise.resolve()
      .then(() => host.told())
      .then(() => attempt(id))
      .finally(() => {
        life.delete(id)
        if (life === underWay) goOn()
      })
    host.track(tried)
  }

  async function attempt(id: string): Promise<void> {
    const row = sql.first<PostRow>('SELECT * FROM _posts WHERE id = ?', id)
    if (!row) return
    const { service, traceId } = row
    try {
      const post: Posted = { ...row, about: parseWithBytes(row.about) as Post['about'] } // written by add()
      const sender = senderOf(service, traceId)
      const failure = await tryPost(sender.tx, sender.posting, post)
      if (sender.tx.erased) return
      // What its service forgot meanwhile has no end.
      host.change(() => {
        if (sql.first('SELECT 1 FROM _posts WHERE id = ?', id)) conclude(sender, post, failure)
      })
    } catch (error) {
      console.error(`a post of ${service}`, error)
      const due = host.now() + FAILED_MS
      sql.run('UPDATE _posts SET attempts = attempts + 1, due = ? WHERE id = ?', due, id)
      sql.run('DELETE FROM _posts WHERE id = ? AND attempts > ?', id, MOST_FAILED)
    }
  }

  function conclude(sender: Sender, post: Posted, failure: Failure | undefined): void {
    const { tx, posting } = sender
    const due = failure && dueAgain(sender, post, failure)
    if (failure && typeof due === 'number') {
      sql.run('UPDATE _posts SET attempts = attempts + 1, due = ? WHERE id = ?', due, post.id)
      tx.journal({ ...hopOf(post), outcome: 'retried', reason: failure.reason })
      posting.retried?.(tx, post, failure)
      return
    }
    sql.run('DELETE FROM _posts WHERE id = ?', post.id)
    if (failure) {
      giveUp(sender, post, typeof due === 'string' ? { ...failure, exhausted: due } : failure)
      return
    }
    tx.journal({ ...hopOf(post), outcome: 'delivered' })
    posting.ended(tx, post)
  }

  /** When it is tried again; what there is no more of, where it is not. */
  function dueAgain({ tx, posting }: Sender, post: Posted, failure: Failure): number | Unposted['exhausted'] {
    if (failure.lasting) return undefined
    const { delayMs, mostAgeMs, perSecond } = posting.policy(tx, post)
    const delay = delayMs(post.attempts + 1, failure)
    if (delay === undefined) return 'retries'
    const earliest = host.now() + delay
    return earliest - post.at > mostAgeMs ? 'age' : slotOf(post.lane, perSecond, earliest)
  }

  function giveUp({ tx, posting }: Sender, post: Posted, unposted: Unposted): void {
    tx.journal({ ...hopOf(post), outcome: 'refused', reason: unposted.reason })
    posting.ended(tx, post, unposted)
  }

  const hopOf = ({ id, from, to, event, attempts }: Posted): Omit<Hop, 'outcome'> => ({
    from,
    to,
    event,
    deliveryId: id,
    attempt: attempts + 1,
  })

  function next(): number | null {
    const row = first(Number.MAX_SAFE_INTEGER)
    if (!row && underWay.size === 0) empty = true
    return row?.due ?? null
  }

  function forget(): void {
    underWay = new Map()
    empty = false
  }

  return { add, kick, next, waiting: () => underWay.size > 0, forget }
}
