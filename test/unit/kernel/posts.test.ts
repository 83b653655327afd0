import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { afterEach, expect, test, vi } from 'vitest'
import type { Post, Posting } from '../../../durable-objects/kernel/http-out/posting.ts'
import { POST_SCHEMA, postsOf } from '../../../durable-objects/kernel/http-out/posts.ts'
import type { ServiceDefinition, Tx } from '../../../durable-objects/kernel/object/operation.ts'
import type { Sql } from '../../../durable-objects/kernel/object/sql.ts'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

/** An object's posts with a database of their own; endpoints answer as they are told, by their paths. */
function setUp(said: Partial<Posting> = {}) {
  const db = new DatabaseSync(':memory:')
  db.exec(POST_SCHEMA)
  const rows = (query: string, bindings: unknown[]) => db.prepare(query).all(...(bindings as SQLInputValue[]))
  const sql = {
    first: (query: string, ...bindings: unknown[]) => rows(query, bindings)[0],
    run: (query: string, ...bindings: unknown[]) => void rows(query, bindings),
  } as unknown as Sql // what posts use of it
  const asked: { path: string; answer: (status: number) => void }[] = []
  vi.stubGlobal('fetch', (url: string) => {
    const path = new URL(url).pathname
    return new Promise(resolve => {
      asked.push({ path, answer: status => resolve(new Response(null, { status })) })
    })
  })
  const told: string[] = []
  const clock = { now: 0 }
  const work: Promise<unknown>[] = []
  const env = { FAKECLOUD_LOCAL: 'true', FAKECLOUD_SECRET: 'secret' }
  const tx = {
    env,
    place: { namespace: 'test' },
    journal: ({ to, outcome, reason }) => void told.push([to, outcome, reason].filter(Boolean).join(' ')),
  } as Partial<Tx> as Tx // what posts use of it
  const posting: Posting = {
    request: (_ctx, { to: url, body }) => ({ url, body, method: 'POST', headers: {}, timeoutMs: 1000 }),
    lasting: status => status < 500,
    policy: () => ({ delayMs: nth => (nth > 1 ? undefined : 5000), mostAgeMs: 60_000 }),
    ended: (_tx, { to }, unposted) => void told.push(`${to} ${unposted?.exhausted ?? 'ended'}`),
    ...said,
  }
  const posts = postsOf({
    sql,
    definitionOf: () => ({ posts: posting }) as ServiceDefinition,
    own: () => tx,
    change: run => {
      db.exec('BEGIN')
      try {
        const result = run()
        db.exec('COMMIT')
        return result
      } catch (thrown) {
        db.exec('ROLLBACK')
        throw thrown
      }
    },
    committed: run => run(),
    now: () => clock.now,
    track: promise => void work.push(promise),
    told: async () => undefined,
    arm: () => undefined,
  })
  const post = (path: string, lane = path) => {
    const sent: Post = { from: 'source', to: `http://there${path}`, lane, event: 'it', body: '', about: {} }
    posts.add(sent, { service: 's', traceId: 't' })
  }
  const turn = () => new Promise(resolve => setImmediate(resolve))
  const count = () => Number(rows('SELECT COUNT(*) AS n FROM _posts', [])[0]?.n)
  return { posts, post, asked, told, clock, turn, count, db, rest: () => Promise.all(work) }
}

test('an endpoint that is slow holds up no other', async () => {
  const { post, asked, turn } = setUp()
  for (let n = 0; n < 100; n++) post('/slow')
  post('/quick')
  await turn()
  expect(asked.filter(({ path }) => path === '/slow')).toHaveLength(20)
  expect(asked.filter(({ path }) => path === '/quick')).toHaveLength(1)
  asked[0]?.answer(200)
  await turn()
  expect(asked.filter(({ path }) => path === '/slow')).toHaveLength(21)
})

test('what fails is tried again when the clock has come so far, and told when there are no more retries', async () => {
  const { post, posts, asked, told, clock, turn, count } = setUp()
  post('/a')
  await turn()
  asked[0]?.answer(503)
  await turn()
  expect(posts.next()).toBe(5000)
  expect(posts.kick()).toBe(0)
  clock.now = 5000
  expect(posts.kick()).toBe(1)
  await turn()
  asked[1]?.answer(503)
  await turn()
  const reason = 'The endpoint answered 503'
  expect(told).toEqual([
    `http://there/a retried ${reason}`,
    `http://there/a refused ${reason}`,
    'http://there/a retries',
  ])
  expect([count(), posts.next()]).toEqual([0, null])
})

test('a retry that would come too late is not made', async () => {
  const { post, asked, told, turn } = setUp({ policy: () => ({ delayMs: () => 5000, mostAgeMs: 4999 }) })
  post('/a')
  await turn()
  asked[0]?.answer(503)
  await turn()
  expect(told.at(-1)).toBe('http://there/a age')
})

test('a lane has so many tries a second, and those of the next ones after', async () => {
  const { post, posts, asked, clock, turn } = setUp({
    policy: () => ({ delayMs: () => undefined, mostAgeMs: 0, perSecond: 2 }),
  })
  for (let n = 0; n < 5; n++) post('/a')
  post('/b')
  const tried = async (now: number) => {
    clock.now = now
    posts.kick()
    await turn()
    return asked.map(({ path }) => path).join('')
  }
  expect(await tried(999)).toBe('/a/a/b')
  expect(await tried(1000)).toBe('/a/a/b/a/a')
  expect(await tried(2000)).toBe('/a/a/b/a/a/a')
})

test('what comes while too many wait is given up, and told', async () => {
  const { post, told, count, db } = setUp()
  db.exec(`
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
    INSERT INTO _posts (id, service, lane, "from", "to", event, traceId, body, about, at, due)
    SELECT i, 's', 'l', 'f', 't', 'e', 't', '', '{}', 0, 1e12 FROM n`)
  post('/a')
  expect(told).toEqual(['http://there/a refused 10000 posts are waiting', 'http://there/a ended'])
  expect(count()).toBe(10_000)
})

test('one whose end could not be told is tried again later, and not without a pause', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const ended = () => {
    throw new Error('no end')
  }
  const { post, posts, asked, turn, count } = setUp({ ended })
  post('/a')
  await turn()
  asked[0]?.answer(200)
  await turn()
  expect([asked.length, count(), posts.next()]).toEqual([1, 1, 60_000])
})

test('posts under way when all is erased hold up none that come afterwards', async () => {
  const { post, posts, asked, turn, db } = setUp()
  for (let n = 0; n < 100; n++) post('/slow')
  await turn()
  db.exec('DELETE FROM _posts')
  posts.forget()
  post('/slow')
  await turn()
  expect(asked).toHaveLength(21)
})
