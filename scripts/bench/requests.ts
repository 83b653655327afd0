import { strToU8, zipSync } from 'fflate'

/** A request's bytes, for the emulator or the bare Worker. */
export type Bytes = Buffer

type Parts = { method: string; path: string; headers?: Record<string, string>; body?: string | Uint8Array }

/** A signed request: the signature itself is not looked at by default. */
export function request(service: string, { method, path, headers = {}, body = '' }: Parts): Bytes {
  const bytes = Buffer.from(body)
  const scope = `test/20260101/us-east-1/${service}/aws4_request`
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    `authorization: AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
    'x-amz-date: 20260101T000000Z',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${bytes.length}`,
    '',
    '',
  ]
  return Buffer.concat([Buffer.from(lines.join('\r\n')), bytes])
}

export function sqs(operation: string, input: object, headers: Record<string, string> = {}): Bytes {
  const own = { 'x-amz-target': `AmazonSQS.${operation}`, 'content-type': 'application/x-amz-json-1.0', ...headers }
  return request('sqs', { method: 'POST', path: '/', headers: own, body: JSON.stringify(input) })
}

export function sns(operation: string, input: Record<string, string>): Bytes {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const body = new URLSearchParams({ Action: operation, Version: '2010-03-31', ...input }).toString()
  return request('sns', { method: 'POST', path: '/', headers, body })
}

export function logs(operation: string, input: object): Bytes {
  const headers = { 'x-amz-target': `Logs_20140328.${operation}`, 'content-type': 'application/x-amz-json-1.1' }
  return request('logs', { method: 'POST', path: '/', headers, body: JSON.stringify(input) })
}

export function events(operation: string, input: object): Bytes {
  const headers = { 'x-amz-target': `AWSEvents.${operation}`, 'content-type': 'application/x-amz-json-1.1' }
  return request('events', { method: 'POST', path: '/', headers, body: JSON.stringify(input) })
}

export function s3(method: string, path: string, body: string | Uint8Array = ''): Bytes {
  const headers = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', 'content-type': 'application/octet-stream' }
  return request('s3', { method, path, headers, body })
}

export function lambda(method: string, path: string, body: object | string = ''): Bytes {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return request('lambda', { method, path, headers: { 'content-type': 'application/json' }, body: text })
}

/** CreateFunction of one file of JavaScript. */
export function createFunction(FunctionName: string, code: string): Bytes {
  const ZipFile = Buffer.from(zipSync({ 'index.js': strToU8(code) })).toString('base64')
  const Role = 'arn:aws:iam::123456789012:role/none'
  const settings = { FunctionName, Runtime: 'nodejs22.x', Handler: 'index.handler', Role, Timeout: 30 }
  return lambda('POST', '/2015-03-31/functions', { ...settings, Code: { ZipFile } })
}

export const invoke = (name: string, payload = '{}') =>
  lambda('POST', `/2015-03-31/functions/${name}/invocations`, payload)

export const queueUrl = (name: string) => `http://127.0.0.1/123456789012/${name}`
