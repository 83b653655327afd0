import { expect, test } from 'vitest'
import { AwsError } from '../../../aws/errors.ts'
import { handlerOf } from '../../../durable-objects/kernel/object/calls.ts'
import type { OperationRequest, ServiceDefinition, Tx } from '../../../durable-objects/kernel/object/operation.ts'
import { type Asked, pathOf, readView, view } from '../../../durable-objects/kernel/views/view.ts'

type Box = { name: string }
type ToyBoxesResponse = { boxes: Box[] }

const rows = ['a', 'b', 'c'].map(name => ({ name }))

const toyBoxes = view<ToyBoxesResponse>({
  none: { boxes: [] },
  page: 2,
  read(ctx, { limit, after = '' }) {
    const boxes = ctx.sql.all<Box>('SELECT name FROM toy_boxes WHERE name > ? ORDER BY name LIMIT ?', after, limit)
    return { boxes, next: boxes.length === limit ? boxes.at(-1)?.name : undefined }
  },
})

const writing = view<ToyBoxesResponse>({
  none: { boxes: [] },
  read(ctx) {
    ctx.change(tx => tx.sql.run('DELETE FROM toy_boxes'))
    return null
  },
})

const writingAtOnce = view<ToyBoxesResponse>({
  none: { boxes: [] },
  read(ctx) {
    // @ts-expect-error a view's SQL reads
    ctx.sql.run('DELETE FROM toy_boxes')
    // @ts-expect-error and its statements say so
    ctx.sql.all('DELETE FROM toy_boxes RETURNING *')
    return null
  },
})

const refusing = view<ToyBoxesResponse, { name: string }>({
  none: ({ name }) => `There is no box ${name}`,
  read(_ctx, { name }) {
    throw new AwsError('ValidationException', `${name} is no box`)
  },
})

const toy: ServiceDefinition = {
  operations: { CreateBox: () => 'made' },
  internal: { ShakeBox: () => 'shaken' },
  views: { toyBoxes, writing, writingAtOnce, refusing },
  migrations: [],
}

/** An object whose boxes are the rows above, and that notes what is written. */
function toyObject() {
  const written: string[] = []
  const all = (_query: string, after: string, limit: number) => rows.filter(({ name }) => name > after).slice(0, limit)
  const run = (query: string) => written.push(query)
  const tx = { sql: { all, run }, change: (work: (tx: unknown) => unknown) => work(tx) }
  const look = (name: string, asked: Partial<Asked> = {}) =>
    readView(toy, name, { tx: tx as unknown as Tx, asked: { parameters: {}, ...asked } }) // what a view uses of it
  return { written, look }
}

test('a view tells a page of what there is, no more than it may and than is asked for', async () => {
  const { look } = toyObject()
  expect(await look('toyBoxes', { limit: 100 })).toEqual({ part: { boxes: rows.slice(0, 2), next: 'b' } })
  expect(await look('toyBoxes', { after: 'b' })).toEqual({ part: { boxes: rows.slice(2), next: undefined } })
  expect(await look('toyBoxes', { limit: 1 })).toEqual({ part: { boxes: rows.slice(0, 1), next: 'a' } })
})

test('a view that writes is refused, and nothing is written', async () => {
  const { look, written } = toyObject()
  await expect(look('writing')).rejects.toThrow('A view reads')
  await expect(look('writingAtOnce')).rejects.toThrow('run is not a function')
  expect(written).toEqual([])
})

test('what refuses a view is told as data, and a view that is not there shows nothing', async () => {
  const { look } = toyObject()
  const { error } = await look('refusing', { parameters: { name: 'x' } })
  expect(error).toMatchObject({ code: 'ValidationException', message: 'x is no box' })
  for (const name of ['none', 'constructor', '__proto__']) expect(await look(name)).toEqual({ part: null })
})

test('a view stands below its service, by its own name unless it says another', () => {
  expect(pathOf('toy', 'toyBoxes', toyBoxes)).toBe('toy/toy-boxes')
  expect(pathOf('toy', 'toyBoxes', { ...toyBoxes, path: 'toys/all' })).toBe('toys/all')
})

test('what services ask of each other is nobody’s from outside, with a signature or without', () => {
  const asked = (operation: string, more: Partial<OperationRequest> = {}) =>
    handlerOf(toy, { operation, ...more } as OperationRequest) !== undefined // what it is told by
  expect(asked('ShakeBox')).toBe(true)
  const signed = { dialect: 'json', strangeToken: undefined, lifetime: undefined } as const
  expect(asked('ShakeBox', { signed })).toBe(false)
  expect(asked('CreateBox', { signed })).toBe(true)
  expect(asked('constructor')).toBe(false)
})
