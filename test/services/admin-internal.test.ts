import { CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler'
import { expect, test } from 'vitest'
import { loadModel, type ServiceModel } from '../../aws/wire/model.ts'
import { services } from '../../durable-objects/services/index.ts'
import { testClients } from '../support/clients.ts'
import { OFF, ROLE } from '../support/scheduler.ts'

/** What services ask of each other beyond AWS's API. */
const asked = Object.entries(services).flatMap(([service, { internal = {} }]) =>
  Object.keys(internal).map(operation => ({ service, operation })),
)

/** The requests by which each wire form names an operation. */
function requestsFor(model: ServiceModel, operation: string): [string, RequestInit][] {
  const credential = `Credential=test/20260101/us-east-1/${model.signingName}/aws4_request`
  const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=00`
  const post = (headers: Record<string, string>, body: BodyInit) =>
    ({ method: 'POST', headers: { authorization, ...headers }, body }) satisfies RequestInit
  const target = `${model.targetPrefix ?? model.id}.${operation}`
  const action = new URLSearchParams({ Action: operation, Version: model.version })
  const form = 'application/x-www-form-urlencoded'
  const cbor = { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' }
  const empty = Uint8Array.of(0xa0)
  const json = (version: string) =>
    post({ 'x-amz-target': target, 'content-type': `application/x-amz-json-${version}` }, '{}')
  return [
    ['/', json('1.0')],
    ['/', json('1.1')],
    ['/', post({ 'content-type': form }, action)],
    [`/?${action}`, { headers: { authorization } }],
    [`/service/${model.targetPrefix ?? model.id}/operation/${operation}`, post(cbor, empty)],
    [`/service/${model.id}/operation/${operation}`, post(cbor, empty)],
  ]
}

/** How a request for an operation ends, but for the operation's name and the request's. */
async function endOf(url: string, operation: string, [path, init]: [string, RequestInit]): Promise<string> {
  const response = await fetch(url + path, init)
  const text = await response.text()
  const told = text
    .replaceAll(operation, 'OPERATION')
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}|[0-9A-F]{16}|(?<=<HostId>)[^<]+/g, 'REQUEST')
  return `${response.status} ${told}`
}

test('no wire form reaches what services ask of each other: it is as unknown as what nobody has', async () => {
  const { url } = testClients()
  expect(asked.length).toBeGreaterThan(20)
  for (const { service, operation } of asked) {
    const model = loadModel(service)
    if (!model) throw new Error(`${service} has no model`)
    expect(model.operations).not.toContain(operation)
    const unknown = requestsFor(model, 'NobodyHasThis')
    for (const [form, request] of requestsFor(model, operation).entries()) {
      const nobodys = await endOf(url, 'NobodyHasThis', unknown[form] ?? request)
      expect([service, operation, form, await endOf(url, operation, request)]).toEqual([
        service,
        operation,
        form,
        nobodys,
      ])
      expect(nobodys).not.toMatch(/^5/)
    }
  }
})

test('nor does a target that names an operation', async () => {
  const scheduler = testClients().client(SchedulerClient)
  for (const { service, operation } of asked) {
    const name = `${operation.charAt(0).toLowerCase()}${operation.slice(1)}`
    const Target = { Arn: `arn:aws:scheduler:::aws-sdk:${service}:${name}`, RoleArn: ROLE, Input: '{}' }
    const input = { Name: 'reach', ScheduleExpression: 'rate(1 day)', FlexibleTimeWindow: OFF, Target }
    const refused = scheduler.send(new CreateScheduleCommand(input))
    await expect(refused, `${service}:${name}`).rejects.toThrow(/is not a valid|not supported|invalid/i)
  }
})

test('what an operation table holds is AWS’s, or a door’s own', () => {
  const doors = ['InvokeFunctionUrl', 'PostObject']
  for (const [service, { operations, alsoServes = [] }] of Object.entries(services)) {
    const known = [service, ...alsoServes].flatMap(name => loadModel(name)?.operations ?? [])
    const allowed = [...known, ...doors]
    const strange = Object.keys(operations).filter(name => !allowed.includes(name))
    expect([service, strange]).toEqual([service, []])
  }
})
