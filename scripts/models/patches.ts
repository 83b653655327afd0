import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Model, type Operation, type Reference, type Shape, shapeOf } from './source.ts'

/** Corrections to botocore's model of one service, in `scripts/patches/<service>.json`. */
export type Patch = {
  why: string
  metadata?: Partial<Model['metadata']>
  /** Success statuses, by operation. */
  statuses?: Record<string, number>
  /** Operations that newer ones replaced on the same URI. */
  dropped?: string[]
  operations?: Record<string, Operation>
  /** URIs that only together with a query parameter name one operation. */
  uris?: Record<string, string>
  shapes?: Record<string, Shape>
  /** Members to add, by structure. */
  members?: Record<string, Record<string, Reference>>
  /** Shapes whose pattern AWS states and does not enforce. */
  unenforced?: string[]
}

export function patched(service: string, model: Model): Model {
  const file = join(import.meta.dirname, '../patches', `${service}.json`)
  if (!existsSync(file)) return model
  const patch: Patch = JSON.parse(readFileSync(file, 'utf8'))
  Object.assign(model.metadata, patch.metadata)
  Object.assign(model.shapes, patch.shapes)
  Object.assign(model.operations, patch.operations)
  for (const [name, members] of Object.entries(patch.members ?? {})) {
    const shape = shapeOf(model, name)
    shape.members = { ...shape.members, ...members }
  }
  for (const name of patch.dropped ?? []) {
    operationOf(model, name)
    delete model.operations[name]
  }
  for (const [name, status] of Object.entries(patch.statuses ?? {})) operationOf(model, name).http.responseCode = status
  for (const [name, uri] of Object.entries(patch.uris ?? {})) operationOf(model, name).http.requestUri = uri
  for (const name of patch.unenforced ?? []) delete shapeOf(model, name).pattern
  return model
}

function operationOf(model: Model, name: string): Operation {
  const operation = model.operations[name]
  if (!operation) throw new Error(`a patch names ${name}, which ${model.metadata.serviceId} does not have`)
  return operation
}
