import type { OperationModel, ServiceModel } from './model.ts'
import { MEMBER } from './table.ts'
import type { WireRequest } from './types.ts'

type Route = {
  operation: OperationModel
  /** Literal segments; null where a label stands. */
  segments: (string | null)[]
  labels: string[]
  /** Index of the label that takes several segments, or -1. */
  greedy: number
  /** Query parameters that name the operation; a null value stands for any. */
  literals: [string, string | null][]
  requiredQuery: string[]
  requiredHeaders: string[]
}

/** REST routes by HTTP method. */
export type Routes = ReadonlyMap<string, readonly Route[]>

export type RouteMatch = {
  operation: OperationModel
  labels: Map<string, string>
  /** Query parameters that only name the operation. */
  stated: string[]
}

export function routesOf(model: ServiceModel): Routes {
  const routes = new Map<string, Route[]>()
  for (const name of model.operations) {
    const operation = model.operation(name)
    if (!operation) continue
    const sameMethod = routes.get(operation.method) ?? []
    routes.set(operation.method, sameMethod)
    sameMethod.push(compile(operation))
  }
  for (const sameMethod of routes.values()) sameMethod.sort((a, b) => specificity(b) - specificity(a))
  return routes
}

function compile(operation: OperationModel): Route {
  const [path = '', query = ''] = operation.uri.split('?')
  const parts = splitPath(path)
  const labels: string[] = []
  let greedy = -1
  const segments = parts.map((part, index) => {
    const label = /^\{([^}+]+)(\+?)\}$/.exec(part)
    if (!label?.[1]) return part
    labels.push(label[1])
    if (label[2]) greedy = index
    return null
  })
  const literals = query.split('&').filter(Boolean).map(literal)
  const required = (flag: number) =>
    (operation.input?.members ?? [])
      .filter(member => member.flags & MEMBER.required && member.flags & flag)
      .map(member => member.wire)
  const requiredQuery = required(MEMBER.query)
  return { operation, segments, labels, greedy, literals, requiredQuery, requiredHeaders: required(MEMBER.header) }
}

function literal(pair: string): [string, string | null] {
  const [key = '', value] = pair.split('=')
  return [key, value ?? null]
}

/** Literal path segments outweigh length, which outweighs the query. */
function specificity(route: Route): number {
  const { segments, greedy, literals, requiredQuery, requiredHeaders } = route
  const fixed = segments.filter(segment => segment !== null).length
  const query = literals.length * 100 + (requiredQuery.length + requiredHeaders.length) * 2
  return fixed * 1e6 + segments.length * 1e4 - (greedy < 0 ? 0 : 5e3) + query
}

/** Segments of a path, without its leading slash and with one trailing slash forgiven. */
export function splitPath(path: string): string[] {
  const segments = path.split('/').slice(1)
  if (segments.at(-1) === '') segments.pop()
  return segments
}

/**
 * The operation that a REST request names: by method, path and the parameters that its URI states, then by which
 * required parameters and headers are there. When none has all of its own, the least demanding is meant, and what it
 * lacks is for validation to say; but not on S3, where an object's bare URI asks for nothing.
 */
export function matchRoute(model: ServiceModel, request: WireRequest): RouteMatch | undefined {
  const segments = segmentsOf(model, request.path)
  const candidates = (model.routes.get(request.method) ?? []).filter(
    route => fits(route, segments) && stated(route, request),
  )
  const best = candidates[0]
  if (!best) return undefined
  const equals = candidates.filter(
    route => pathOf(route) === pathOf(best) && route.literals.length === best.literals.length,
  )
  const bare = model.name === 's3' && best.literals.length === 0
  const route = equals.find(candidate => satisfied(candidate, request)) ?? (bare ? undefined : equals.at(-1))
  return route && match(route, segments)
}

const pathOf = (route: Route) => route.segments.map(segment => segment ?? '{}').join('/')

/** An S3 key may end in a slash, or be one. */
function segmentsOf(model: ServiceModel, path: string): string[] {
  if (model.name !== 's3') return splitPath(path)
  const segments = path.split('/').slice(1)
  if (segments.length <= 2 && segments.at(-1) === '') segments.pop()
  return segments
}

function fits(route: Route, segments: string[]): boolean {
  const { segments: wanted, greedy } = route
  if (greedy < 0 ? segments.length !== wanted.length : segments.length < wanted.length) return false
  const extra = segments.length - wanted.length
  return wanted.every((segment, index) => {
    const given = segments[greedy >= 0 && index > greedy ? index + extra : index]
    return segment === null ? given !== '' || index === greedy : given === segment
  })
}

function stated(route: Route, request: WireRequest): boolean {
  return route.literals.every(([name, value]) =>
    request.query.some(([key, given]) => key === name && (value === null || value === given)),
  )
}

/** Presigned URLs carry headers in the query. */
function satisfied(route: Route, request: WireRequest): boolean {
  const inQuery = (name: string) => request.query.some(([key]) => key.toLowerCase() === name.toLowerCase())
  return (
    route.requiredQuery.every(name => request.query.some(([key]) => key === name)) &&
    route.requiredHeaders.every(name => request.headers.has(name) || inQuery(name))
  )
}

function match(route: Route, segments: string[]): RouteMatch {
  const labels = new Map<string, string>()
  const extra = segments.length - route.segments.length
  let label = 0
  route.segments.forEach((segment, index) => {
    if (segment !== null) return
    const at = route.greedy >= 0 && index > route.greedy ? index + extra : index
    const end = index === route.greedy ? at + extra + 1 : at + 1
    labels.set(route.labels[label++] ?? '', segments.slice(at, end).join('/'))
  })
  return { operation: route.operation, labels, stated: route.literals.map(([name]) => name) }
}
