import { z } from 'zod'
import { errorFromData } from '../../aws/errors.ts'
import { pageStart, pageToken } from '../../aws/pages.ts'
import {
  type AnyView,
  type Asked,
  noPage,
  type Part,
  pathOf,
  type Seen,
} from '../../durable-objects/kernel/views/view.ts'
import { catalog } from '../../durable-objects/services/index.ts'
import { type AdminApp, type AdminContext, AdminError, countOf, objectsOf, queryOf } from './admin.ts'
import { settleAsked } from './settle.ts'

/** Most items of a page that may be asked for; a view may have smaller ones. */
const MOST_ITEMS = 10_000
const paging = z.object({ limit: countOf(MOST_ITEMS), next: z.string().optional() })

type Source = { service: string; name: string; view: AnyView }

/**
 * `GET /_fakecloud/<service>/<view>`: what a service shows of itself, of all objects of the namespace that have something
 * of it. With `?limit=` a page at a time, whose `next` is the next one's `?next=`: pages go from object to object.
 */
export function viewsAdmin(app: AdminApp): void {
  for (const service of catalog.names) {
    for (const [name, view] of Object.entries(catalog.definitionOf(service).views ?? {})) {
      app.get(`/_fakecloud/${pathOf(service, name, view)}`, async c => c.json(await shown(c, { service, name, view })))
    }
  }
}

async function shown(c: AdminContext, source: Source): Promise<object> {
  const { limit, next } = queryOf(c, paging)
  const parameters = parametersOf(c, source.view)
  await settleAsked(c)
  const names = await objectsOf(c, source.service)
  // One thing has no pages.
  if ((limit === undefined && next === undefined) || typeof source.view.none === 'function') {
    const parts = await Promise.all(names.map(name => allParts(c, source, { name, parameters })))
    return wholeOf(source.view, parameters, parts.flat())
  }
  const page = await pageOf(c, source, { names: names.sort(), parameters, limit, next })
  return { ...wholeOf(source.view, parameters, page.parts), next: page.next }
}

function parametersOf(c: AdminContext, { parameters }: AnyView): object {
  if (!parameters) return {}
  const { baseUrl } = c.var.routed
  const { data, error } = parameters.safeParse({ ...c.req.query(), ...c.req.param(), baseUrl })
  if (error) throw new AdminError(400, z.prettifyError(error))
  return data
}

async function look(c: AdminContext, { service, name: view }: Source, { name, ...asked }: Asked & { name: string }) {
  const seen = (await c.env.OBJECTS.getByName(name).look(service, view, asked)) as Seen // its own type
  if (seen.error) throw errorFromData(seen.error)
  return seen.part
}

/** All parts of one object: together they may be more than one answer between objects carries. */
async function allParts(c: AdminContext, source: Source, asked: Asked & { name: string }): Promise<Part<object>[]> {
  const parts: Part<object>[] = []
  let part = await look(c, source, asked)
  while (part) {
    parts.push(part)
    part = part.next === undefined ? null : await look(c, source, { ...asked, after: part.next })
  }
  return parts
}

type PageAsked = { names: string[]; parameters: object; limit: number | undefined; next: string | undefined }

/** The next part that has items, and the token of the page after it. */
async function pageOf(c: AdminContext, source: Source, { names, parameters, limit, next }: PageAsked) {
  const path = pathOf(source.service, source.name, source.view)
  const [first = '', start] = pageStart(next, path, noPage)?.split('\0') ?? []
  let [name, ...rest] = names.filter(each => each >= first)
  let after = name === first ? start : undefined
  while (name !== undefined) {
    const part = await look(c, source, { name, parameters, limit, after })
    after = part?.next
    if (after === undefined) [name, ...rest] = rest
    if (part && itemsOf(part) > 0) {
      const token = after === undefined ? name : `${name}\0${after}`
      return { parts: [part], next: token === undefined ? undefined : pageToken(token, path) }
    }
  }
  return { parts: [], next: undefined }
}

/** @throws AdminError 404 where there is nothing of the one thing that a view shows */
function wholeOf({ none, by, whole }: AnyView, parameters: object, parts: readonly Part<object>[]): object {
  if (typeof none === 'function' && parts.length === 0) throw new AdminError(404, none(parameters))
  const all = typeof none === 'function' ? {} : structuredClone(none)
  for (const { next: _next, ...part } of parts) add(all, part)
  if (by !== undefined) sort(all, by)
  return whole ? whole(all) : all
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Puts the items of a part's lists behind those that are there. */
function add(to: object, part: object): void {
  const all = to as Record<string, unknown>
  for (const [name, value] of Object.entries(part)) {
    const there = all[name]
    if (Array.isArray(there) && Array.isArray(value)) for (const item of value) there.push(item)
    else if (isObject(there) && isObject(value)) add(there, value)
    else all[name] = value
  }
}

function sort(shown: object, by: string): void {
  for (const value of Object.values(shown)) {
    if (isObject(value)) sort(value, by)
    if (Array.isArray(value)) value.sort((a, b) => (a[by] < b[by] ? -1 : a[by] > b[by] ? 1 : 0))
  }
}

function itemsOf(part: object): number {
  return Object.values(part).reduce((sum: number, value) => {
    return sum + (Array.isArray(value) ? value.length : isObject(value) ? itemsOf(value) : 0)
  }, 0)
}
