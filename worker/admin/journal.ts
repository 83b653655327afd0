import { z } from 'zod'
import type { JournalQuery, JournalRow } from '../../durable-objects/kernel/journal/journal.ts'
import type { AdminApp, AdminContext } from './admin.ts'
import { countOf, objectsOf, queryOf } from './admin.ts'
import { inOrder, treeOf } from './journal-tree.ts'
import { settleAsked } from './settle.ts'

/** A hop as the journal shows it. */
type ShownHop = Omit<JournalRow, 'id' | 'at'> & { at: string }

/**
 * Every hop between services, and why it ended so.
 * `GET /_fakecloud/journal?trace=&arn=&event=&limit=` lists hops in time order; `GET /_fakecloud/journal/traces/{id}`
 * one causal chain, in time order and as a tree; `GET /_fakecloud/journal/why?arn=…|event=…` what did not arrive, in
 * sentences, and without either all that went wrong, newest first.
 */
export function journalAdmin(app: AdminApp): void {
  app.get('/_fakecloud/journal', async c => c.json({ hops: await hops(c, journalQuery(c)) }))
  app.get('/_fakecloud/journal/traces/:id', async c => {
    const traceId = c.req.param('id')
    const found = await hops(c, { traceId })
    return c.json({ traceId, hops: found, tree: treeOf(found) })
  })
  app.get('/_fakecloud/journal/why', async c => {
    const query = journalQuery(c)
    if (query.arn || query.event) {
      const found = await hops(c, query)
      return c.json({ reasons: failuresOf(found).map(sentence), hops: found })
    }
    const found = (await hops(c, { ...query, failed: true })).reverse()
    return c.json({ reasons: found.map(sentence), hops: found })
  })
}

/** The newest of each object that may be asked for. */
const MOST_HOPS = 5000
const asked = z.object({
  trace: z.string().optional(),
  arn: z.string().optional(),
  event: z.string().optional(),
  limit: countOf(MOST_HOPS),
})

function journalQuery(c: AdminContext): JournalQuery {
  const { trace, arn, event, limit } = queryOf(c, asked)
  return {
    ...(trace ? { traceId: trace } : {}),
    ...(arn ? { arn } : {}),
    ...(event ? { event } : {}),
    ...(limit ? { limit } : {}),
  }
}

async function hops(c: AdminContext, query: JournalQuery): Promise<ShownHop[]> {
  await settleAsked(c)
  const names = await objectsOf(c)
  const found = await Promise.all(names.map(name => c.env.OBJECTS.getByName(name).hops(query)))
  const rows = inOrder(
    found.map(list => list.toReversed()),
    query.limit ?? 1000,
  )
  return rows.map(({ id: _id, at, ...row }) => ({ ...row, at: new Date(at).toISOString() }))
}

/** What did not arrive; a try that another one followed is no failure of its own. */
function failuresOf(found: readonly ShownHop[]): ShownHop[] {
  return found.filter(({ outcome, deliveryId }, at) => {
    if (outcome !== 'retried') return Object.hasOwn(VERBS, outcome)
    return !found.slice(at + 1).some(later => later.deliveryId === deliveryId)
  })
}

const VERBS: Record<string, string> = {
  filtered: 'was not sent',
  refused: 'was refused',
  retried: 'is being retried',
  'dead-lettered': 'was dead-lettered',
  denied: 'was denied',
}

function sentence(hop: ShownHop): string {
  const what = hop.event ?? 'an event'
  return `${what} from ${hop.from} to ${hop.to} ${VERBS[hop.outcome] ?? hop.outcome}: ${hop.reason ?? 'no reason given'}`
}
