import { expect, test } from 'vitest'
import { fillTemplate, type Reserved } from '../../../durable-objects/services/events/input-templates.ts'

const EVENT = {
  detail: { name: 'Ann "A"', n: 5, ok: true, none: null, list: ['a', 'b'], object: { x: 'y' }, text: 'one\ntwo' },
}
const RESERVED: Reserved = {
  'aws.events.rule-arn': 'arn:aws:events:us-east-1:123456789012:rule/r',
  'aws.events.rule-name': 'r',
  'aws.events.event.ingestion-time': '2030-01-01T00:00:00.000Z',
  'aws.events.event': { id: '1' },
  'aws.events.event.json': { id: '1', detail: {} },
}
const names = ['name', 'n', 'ok', 'none', 'list', 'object', 'text', 'missing']
const InputPathsMap = Object.fromEntries(names.map(name => [name, `$.detail.${name}`]))
const fill = (InputTemplate: string) => fillTemplate({ InputPathsMap, InputTemplate }, EVENT, RESERVED)

test.each([
  [
    'a variable stands for its value, with quotes of its own where it is text',
    '{"a": <name>, "b": <n>, "c": <ok>}',
    '{"a":"Ann \\"A\\"","b":5,"c":true}',
  ],
  ['within quotes it is a part of the text', '{"a": "<name> has <n>"}', '{"a":"Ann \\"A\\" has 5"}'],
  ['objects and lists are JSON', '{"a": <object>, "b": <list>, "c": <none>}', '{"a":{"x":"y"},"b":["a","b"],"c":null}'],
  ['within quotes they lose their own', '{"a": "<object> <list>"}', '{"a":"{x:y} [a,b]"}'],
  ['what the event does not have is empty', '{"a": <missing>, "b": "x<missing>y"}', '{"a":"","b":"xy"}'],
  ['a template may be text in quotes, which it keeps', '"<name> has <n><missing>"', '"Ann \\"A\\" has 5"'],
  ['of several lines', '"one <n>"\n"two <ok>"', '"one 5"\n"two true"'],
  ['a line break within a value stays within its text', '"<text>"', '"one\\ntwo"'],
  ['a single variable may be all of it', '<object>', '{"x":"y"}'],
  ['text too, in quotes', '<name>', '"Ann \\"A\\""'],
  ['an escaped quote does not end a text', '{"a": "\\"<name>\\""}', '{"a":"\\"Ann \\"A\\"\\""}'],
  [
    'AWS has variables of its own',
    '{"rule": <aws.events.rule-name>, "arn": "<aws.events.rule-arn>", "e": <aws.events.event>, "j": <aws.events.event.json>}',
    '{"rule":"r","arn":"arn:aws:events:us-east-1:123456789012:rule/r","e":{"id":"1"},"j":{"id":"1","detail":{}}}',
  ],
])('%s', (_title, template, filled) => {
  expect(fill(template)).toBe(filled)
})

test('a template is filled up to what a target may get, and no further', () => {
  const long = 'x'.repeat(200_000)
  const of = (InputTemplate: string, value: unknown) =>
    fillTemplate({ InputPathsMap: { a: '$.detail.a' }, InputTemplate }, { detail: { a: value } }, RESERVED)
  expect(of('"<a>"', long)).toHaveLength(200_002)
  expect(of('"<a><a>"', long)).toBeUndefined()
  expect(of(`"${'<a>'.repeat(2700)}"`, long)).toBeUndefined()
  // Bytes count, and those of the input as it is sent: numbers may be longer in it.
  expect(of('"<a>"', '€'.repeat(90_000))).toBeUndefined()
  expect(of(`{"a": [${'1e20,'.repeat(1000)}<a>]}`, 'x'.repeat(250_000))).toBeUndefined()
})
