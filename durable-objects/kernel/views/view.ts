import type { z } from 'zod'
import { AwsError, type ErrorData, errorData } from '../../../aws/errors.ts'
import type { Paging } from '../listings/listings.ts'
import type { Ctx, ServiceDefinition, Tx } from '../object/operation.ts'
import type { Reader } from '../object/sql.ts'

/** A page as a view is asked for it: at most so many items, after where the page before ended. */
export type PageAsked = { limit: number; after?: string | undefined }

/** What one object shows at a time; `next`, where its next page begins. */
export type Part<Shown> = Shown & { next?: string | undefined }

/** What a service shows of itself at `GET /_fakecloud/<path>`: plain JSON, of every object that has something of it. */
export type View<Shown, Parameters> = {
  /** Below `/_fakecloud/`, by default the service's name and the view's; `:name` in it is a parameter. */
  path?: string
  /** What its path and query say; `baseUrl` is always said, the root by which the caller came. */
  parameters?: z.ZodType<Parameters>
  /** What is shown where there is nothing; or what a 404 says, of a view of one thing. */
  none: Shown | ((parameters: Parameters) => string)
  /** The member of their items by which its lists are in order, where the objects' own order is not enough. */
  by?: string
  /** Most items of one page, which must be small enough to travel between objects: 32 MiB. */
  page?: number
  /** Makes the whole of all parts, whose lists were put one after the other. */
  whole?: (all: Shown) => Shown
  read(ctx: Ctx, asked: Parameters & PageAsked): Part<Shown> | null | Promise<Part<Shown> | null>
}

/** A view as the kernel knows it, the service's types erased. */
export type AnyView = View<object, object>

/** A view; its first type, by name, is that of the SDK, too. */
export function view<Shown extends object, Parameters extends object = object>(of: View<Shown, Parameters>): AnyView {
  return of as unknown as AnyView // its parameters are what its own schema made of them
}

const PAGE = 1000

/** How a view pages through a table: `listing(ctx, paged(asked), …)`. */
export const paged = ({ limit: size, after: token }: PageAsked): Paging => ({ token, size, of: null, refusal: noPage })

export const noPage = () => new AwsError('ValidationException', 'next is no token of this list')

/** Where a service's view is shown, below `/_fakecloud/`. */
export function pathOf(service: string, name: string, { path }: AnyView): string {
  return path ?? `${service}/${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
}

/** What is asked of one object. */
export type Asked = { parameters: object; limit?: number | undefined; after?: string | undefined }

/** What it shows: null where it has nothing to show. */
export type Seen = { part: Part<object> | null; error?: undefined } | { error: ErrorData }

/** Reads a page of one of a service's views; what refuses it is data. */
export async function readView({ views }: ServiceDefinition, name: string, { tx, asked }: Reading): Promise<Seen> {
  const found = views && Object.hasOwn(views, name) ? views[name] : undefined
  if (!found) return { part: null }
  const { page = PAGE } = found
  const limit = Math.min(asked.limit ?? page, page)
  try {
    return { part: await found.read(readOnly(tx), { ...asked.parameters, limit, after: asked.after }) }
  } catch (thrown) {
    if (thrown instanceof AwsError) return { error: errorData(thrown) }
    throw thrown
  }
}

type Reading = { tx: Tx; asked: Asked }

/** Whoever looks changes nothing. */
function readOnly(tx: Tx): Ctx {
  const { all, first, each, kept } = tx.sql
  const sql: Reader = { all, first, each, kept }
  const change = () => {
    throw new Error('A view reads: what changes state is an operation')
  }
  // What it is at the moment, its clock say, stays the context's own.
  return Object.assign(Object.create(tx) as Tx, { sql, change })
}
