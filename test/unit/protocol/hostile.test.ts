import { cbor } from '@smithy/core/cbor'
import { expect, test } from 'vitest'
import { tables } from '../../../aws/models/tables.ts'
import { AwsError } from '../../../aws/errors.ts'
import { decode } from '../../../aws/wire/decode.ts'
import type { OperationModel, ServiceModel } from '../../../aws/wire/model.ts'
import type { WireForm, WireRequest } from '../../../aws/wire/types.ts'
import { validate } from '../../../aws/wire/validate.ts'
import { modelNamed } from './wire.ts'

/** Values that no member wants, and a few that one might. */
const VALUES = [
  5,
  -1.5,
  1e308,
  '',
  'x',
  '\u0000',
  '\ud800',
  true,
  [],
  [[]],
  [null],
  {},
  { a: {} },
  'NaN',
  '💥'.repeat(50),
]

const encoder = new TextEncoder()

function request(form: WireForm, model: ServiceModel, operation: OperationModel, value: unknown): WireRequest {
  const members = operation.input?.members ?? []
  const named = Object.fromEntries(members.map(member => [member.wire, value]))
  const text = (typeof value === 'object' ? JSON.stringify(value) : String(value)).toWellFormed()
  const query = members.map((member): [string, string] => [member.wire, text])
  const headers = new Headers({ 'x-amz-target': `${model.targetPrefix}.${operation.name}` })
  for (const member of members) if (/^[\w-]+$/.test(member.wire)) headers.set(member.wire, encodeURIComponent(text))
  const body = bodyOf(form, named, text)
  const path = operation.uri.split('?')[0]?.replace(/\{[^}]+\}/g, encodeURIComponent(text) || 'x') ?? '/'
  const stated = (operation.uri.split('?')[1] ?? '')
    .split('&')
    .map((pair): [string, string] => [pair.split('=')[0] ?? '', pair.split('=')[1] ?? ''])
  return {
    method: operation.method,
    path: form === 'rpc-v2-cbor' ? `/service/${model.targetPrefix}/operation/${operation.name}` : path,
    query: [...stated, ...query],
    headers,
    host: 'host',
    form: [
      ['Action', operation.name],
      ...query.flatMap(([key]): [string, string][] => [
        [key, text],
        [`${key}.1`, text],
        [`${key}.member.1.Key`, text],
      ]),
    ],
    body: async () => body,
    stream: null,
  }
}

function bodyOf(form: WireForm, named: Record<string, unknown>, text: string): Uint8Array {
  if (form === 'rpc-v2-cbor') return cbor.serialize(named)
  if (form !== 'rest-xml') return encoder.encode(JSON.stringify(named))
  const elements = Object.keys(named).map(name => `<${name}>${text.replace(/[<&]/g, '')}<${name}>1</${name}></${name}>`)
  return encoder.encode(`<Root>${elements.join('')}</Root>`)
}

/** @returns whatever is thrown that is no refusal */
async function bugOf(model: ServiceModel, form: WireForm, wire: WireRequest): Promise<unknown> {
  try {
    const { operation, input } = await decode(model, form, wire)
    validate(model, operation, input, {})
    validate(model, operation, input, { validation: { code: 'ValidationException', dialect: 'smithy' } })
    return undefined
  } catch (error) {
    return error instanceof AwsError && error.status >= 400 && error.status < 500 ? undefined : error
  }
}

test.each(Object.keys(tables))('no request to %s, however wrong, is more than refused', async service => {
  const model = modelNamed(service)
  const bugs: unknown[] = []
  for (const name of model.operations) {
    const operation = model.operation(name)
    if (!operation) throw new Error(name)
    for (const form of model.forms) {
      for (const value of VALUES) {
        const bug = await bugOf(model, form, request(form, model, operation, value))
        if (bug) bugs.push([name, form, value, bug])
      }
    }
  }
  expect(bugs).toEqual([])
})
