import { type AdminContext, objectsOf } from './admin.ts'
import { settleAsked } from './settle.ts'

/**
 * Asks every object of a service in the request's namespace for one of its views, after the deliveries that were
 * already accepted have settled (unless `?settle=0`).
 */
export async function viewAll<View>(
  c: AdminContext,
  service: string,
  view: string,
  parameters: Record<string, string> = {},
): Promise<View[]> {
  await settleAsked(c)
  return viewNow<View>(c, service, view, parameters)
}

/** The same without settling: for ticks and other requests that change something. */
export async function viewNow<View>(
  c: AdminContext,
  service: string,
  view: string,
  parameters: Record<string, string> = {},
): Promise<View[]> {
  const names = await objectsOf(c, service)
  const answers = await Promise.all(names.map(name => c.env.OBJECTS.getByName(name).look(service, view, parameters)))
  return answers.filter(answer => answer !== null && answer !== undefined) as View[] // each view's shape is its service's own
}

/** All pages of a view of all objects of a service: together they may be more than one answer between objects carries. */
export async function pagesOf<Page extends { next?: number | string | null }>(
  c: AdminContext,
  service: string,
  view: string,
  parameters: Record<string, string> = {},
): Promise<Page[][]> {
  return Promise.all((await objectsOf(c, service)).map(name => pagesIn<Page>(c, name, { service, view, parameters })))
}

async function pagesIn<Page extends { next?: number | string | null }>(
  c: AdminContext,
  name: string,
  { service, view, parameters }: { service: string; view: string; parameters: Record<string, string> },
): Promise<Page[]> {
  const pages: Page[] = []
  for (let after: number | string | null | undefined = '0'; after !== null && after !== undefined; ) {
    const answer = await c.env.OBJECTS.getByName(name).look(service, view, { ...parameters, after: String(after) })
    const page = answer as Page | null // that view's own shape
    if (!page) break
    pages.push(page)
    after = page.next
  }
  return pages
}
