import type { Ctx } from '../../kernel/object/operation.ts'
import type { ObjectAddress, Place } from '../../../aws/place.ts'
import { arnOf, parseArn } from '../../../aws/arn.ts'

/** What a QueueUrl says: always a name; account and region only where it holds them. */
export type QueueAddress = { name: string; account?: string | undefined; region?: string | undefined }

const AWS_HOST =
  /^https?:\/\/(?:sqs\.([a-z]{2,4}(?:-[a-z]+)+-\d)\.amazonaws\.com|([a-z]{2,4}(?:-[a-z]+)+-\d)\.queue\.amazonaws\.com)/

/**
 * Reads a QueueUrl by its last two path segments, whatever its scheme, host and prefix: clients keep URLs across hosts
 * and ports. A bare queue name is taken too.
 */
export function parseQueueUrl(url: string): QueueAddress {
  const path = url.replace(/^[a-z]+:\/\/[^/]*/i, '').replace(/\/+$/, '')
  const [account = '', name = ''] = path.includes('/') ? path.split('/').slice(-2) : ['', path]
  const host = AWS_HOST.exec(url)
  return {
    name,
    account: /^\d{12}$/.test(account) ? account : undefined,
    region: host ? (host[1] ?? host[2]) : undefined,
  }
}

export function queueArn(place: Place, name: string): string {
  return arnOf({ service: 'sqs', region: place.region, account: place.account, resource: name })
}

/** The URL by which whoever asks can reach a queue of this place. */
export function queueUrl(ctx: Ctx, name: string): string {
  const root = ctx.http?.baseUrl ?? `https://sqs.${ctx.place.region}.amazonaws.com`
  return `${root}/${ctx.place.account}/${name}`
}

/** A URL of the queue that an ARN names, for a request of one's own. */
export function queueUrlOfArn(arn: string): string {
  const parts = parseArn(arn)
  return `https://sqs.${parts?.region}.amazonaws.com/${parts?.account}/${parts?.resource}`
}

/** The ARN of a queue on this object gives its name; any other gives undefined. */
export function localQueueName(place: Place, arn: string): string | undefined {
  const parts = parseArn(arn)
  if (parts?.service !== 'sqs' || parts.account !== place.account || parts.region !== place.region) return undefined
  return parts.resource
}

/** Move tasks are known by a handle that says which queue they empty: base64 of `{ taskId, sourceArn }`. */
export function taskHandle(taskId: string, sourceArn: string): string {
  return btoa(JSON.stringify({ taskId, sourceArn }))
}

export function parseTaskHandle(handle: string): { taskId: string; sourceArn: string } | undefined {
  try {
    const parts: unknown = JSON.parse(atob(handle))
    if (typeof parts !== 'object' || parts === null || !('taskId' in parts) || !('sourceArn' in parts)) return undefined
    const { taskId, sourceArn } = parts
    return typeof taskId === 'string' && typeof sourceArn === 'string' ? { taskId, sourceArn } : undefined
  } catch {
    return undefined
  }
}

/** Requests of the Query protocol may go to a queue's own path and name it nowhere else. */
export function fromPath(input: Record<string, unknown>, path: string): Record<string, unknown> {
  if (input.QueueUrl !== undefined || !/^\/\d{12}\/[^/]+\/?$/.test(path)) return input
  return { ...input, QueueUrl: path }
}

/** Which place an operation's input names, where it names one: the queue may be another account's. */
function placeNamed(input: Record<string, unknown>): { account?: string | undefined; region?: string | undefined } {
  const { QueueUrl, QueueOwnerAWSAccountId, SourceArn, TaskHandle } = input
  if (typeof QueueUrl === 'string') return parseQueueUrl(QueueUrl)
  if (typeof QueueOwnerAWSAccountId === 'string' && /^\d{12}$/.test(QueueOwnerAWSAccountId)) {
    return { account: QueueOwnerAWSAccountId }
  }
  const arn = typeof TaskHandle === 'string' ? parseTaskHandle(TaskHandle)?.sourceArn : SourceArn
  const parts = typeof arn === 'string' ? parseArn(arn) : undefined
  return parts?.service === 'sqs' && /^\d{12}$/.test(parts.account) ? parts : {}
}

/** The object of the account and region that the input names, else of the caller's. */
export function home(_operation: string, input: Record<string, unknown>, place: Place): ObjectAddress {
  const { account, region } = placeNamed(input)
  return {
    place: { namespace: place.namespace, account: account || place.account, region: region || place.region },
    service: 'sqs',
  }
}
