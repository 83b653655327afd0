import { tables } from '../models/tables.ts'
import { type Routes, routesOf } from './routes.ts'
import { type Shape, type ShapeOf, type Structure, shapeReader } from './shapes.ts'
import { FIRST_ROW, type OperationExtra, type OperationRow, SHAPE, STRUCTURE, type Table, WIRE_FORMS } from './table.ts'
import type { WireForm } from './types.ts'

/** An operation of a model. */
export type OperationModel = {
  name: string
  input: Structure | undefined
  output: Structure | undefined
  errors: readonly Structure[]
  method: string
  uri: string
  status: number
  extra: OperationExtra
}

/** A service's API model, hydrated as it is used. */
export type ServiceModel = {
  /** The service's name here: `s3`, `cognito-idp`. */
  name: string
  id: string
  version: string
  /** Preferred first. */
  forms: readonly WireForm[]
  jsonVersion: string
  targetPrefix: string | undefined
  signingName: string
  xmlNamespace: string | undefined
  queryCompatible: boolean
  operations: readonly string[]
  operation(name: string): OperationModel | undefined
  /** An error by its shape's name, or by the code it has on the wire. */
  error(code: string): Structure | undefined
  readonly routes: Routes
}

// Derived from constants and never changed once made.
const models = new Map<string, ServiceModel>()

/** The model of a service, or undefined when there is none. */
export function loadModel(service: string): ServiceModel | undefined {
  const known = models.get(service)
  if (known) return known
  if (!Object.hasOwn(tables, service)) return undefined
  const table = tables[service]?.()
  if (!table) return undefined
  const model = modelOf(table)
  models.set(service, model)
  return model
}

/** A model from its table. */
export function modelOf(table: Table): ServiceModel {
  const { m: metadata, o: rows } = table
  const shapeOf = shapeReader(table.s)
  const operations = new Map<string, OperationModel>()
  let errors: Map<string, Structure> | undefined
  let routes: Routes | undefined
  const model: ServiceModel = {
    name: metadata.n,
    id: metadata.id,
    version: metadata.v,
    forms: metadata.p.map(formOf),
    jsonVersion: metadata.jv ?? '1.1',
    targetPrefix: metadata.t,
    signingName: metadata.sn,
    xmlNamespace: metadata.x,
    queryCompatible: metadata.qc === 1,
    operations: Object.keys(rows),
    operation(name) {
      const known = operations.get(name)
      if (known || !Object.hasOwn(rows, name)) return known
      const made = operationOf(name, rows[name] ?? [-1, -1, []], shapeOf)
      operations.set(name, made)
      return made
    },
    error(code) {
      errors ??= errorsOf(table, shapeOf)
      return errors.get(code)
    },
    get routes() {
      routes ??= routesOf(model)
      return routes
    },
  }
  return model
}

function operationOf(name: string, row: OperationRow, shapeOf: ShapeOf): OperationModel {
  const [input, output, errors, method, uri, status, extra] = row
  return {
    name,
    input: input < 0 ? undefined : structureOf(shapeOf(input)),
    output: output < 0 ? undefined : structureOf(shapeOf(output)),
    errors: errors.map(error => structureOf(shapeOf(error))),
    method: method || 'POST',
    uri: uri || '/',
    status: status || 200,
    extra: extra ?? {},
  }
}

function errorsOf(table: Table, shapeOf: ShapeOf): Map<string, Structure> {
  const errors = new Map<string, Structure>()
  const codes = new Map<string, Structure>()
  table.s.forEach((row, index) => {
    if (row[0] !== STRUCTURE || typeof row[3] !== 'number' || !(row[3] & SHAPE.error)) return
    const error = structureOf(shapeOf(FIRST_ROW + index))
    errors.set(error.name, error)
    for (const code of [error.extra.c, error.extra.qc]) if (code) codes.set(code, error)
  })
  return new Map([...codes, ...errors])
}

function structureOf(shape: Shape): Structure {
  if (shape.kind !== 'structure') throw new Error(`a ${shape.kind} stands where a structure belongs`)
  return shape
}

function formOf(number: number): WireForm {
  const form = WIRE_FORMS[number]
  if (!form) throw new Error(`unknown wire form ${number}`)
  return form
}
