import type { Ctx } from '../../kernel/object/operation.ts'
import { homeWhere } from '../../kernel/resources/home.ts'
import type { Place } from '../../../aws/place.ts'
import { arnAt, isAccount, ownerOf, resourceAt } from '../../../aws/arn.ts'

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
    account: isAccount(account) ? account : undefined,
    region: host ? (host[1] ?? host[2]) : undefined,
  }
}

export const queueArn = (place: Place, name: string) => arnAt(place, 'sqs', name)

/** The URL by which whoever asks can reach a queue of this place. */
export function queueUrl(ctx: Ctx, name: string): string {
  const root = ctx.http?.baseUrl ?? `https://sqs.${ctx.place.region}.amazonaws.com`
  return `${root}/${ctx.place.account}/${name}`
}

/** The ARN of a queue on this object gives its name; any other gives undefined. */
export const localQueueName = (place: Place, arn: string) => resourceAt(place, 'sqs', arn)

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

/** The queue may be another account's, or region's. */
export const home = homeWhere('sqs', ({ QueueUrl, QueueOwnerAWSAccountId, SourceArn, TaskHandle }) => {
  if (typeof QueueUrl === 'string') return parseQueueUrl(QueueUrl)
  if (typeof QueueOwnerAWSAccountId === 'string' && isAccount(QueueOwnerAWSAccountId)) {
    return { account: QueueOwnerAWSAccountId }
  }
  return ownerOf(typeof TaskHandle === 'string' ? parseTaskHandle(TaskHandle)?.sourceArn : SourceArn, 'sqs')
})
