import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { replace } from '../../kernel/object/rows.ts'
import { arnAt, parseArn } from '../../../aws/arn.ts'
import { invalidParameter, noTopic } from './refusals.ts'
import type { Attributes, Topic, TopicRow } from './schema.ts'

export function topicArn(ctx: Ctx, name: string): string {
  return arnAt(ctx.place, 'sns', name)
}

export function lookUpTopic(ctx: Ctx, arn: string): Topic | undefined {
  return ctx.sql.kept('sns_topics', arn, () => {
    const row = ctx.sql.first<TopicRow>('SELECT * FROM sns_topics WHERE arn = ?', arn)
    return row && topicOf(row)
  })
}

/** @throws AwsError for what is no topic's ARN, and for a topic that is not there */
export function findTopic(ctx: Ctx, arn: string, parameter = 'TopicArn'): Topic {
  checkArn(arn, parameter)
  if (isElsewhere(ctx)) throw invalidParameter(parameter)
  const topic = lookUpTopic(ctx, arn)
  if (!topic) throw noTopic()
  return topic
}

export function checkArn(arn: string, parameter: string): void {
  const count = arn.split(':').length
  if (count < 6) throw invalidParameter(`${parameter} Reason: An ARN must have at least 6 elements, not ${count}`)
  if (parseArn(arn)?.service !== 'sns') throw invalidParameter(parameter)
}

export function writeTopic(ctx: Tx, topic: Topic): void {
  const { arn, name, attributes, dataProtection, root, sequence, deletedSubscriptions } = topic
  replace(ctx.sql, 'sns_topics', {
    arn,
    name,
    attributes: JSON.stringify(attributes),
    dataProtection,
    root,
    sequence,
    deletedSubscriptions,
  })
}

export function topicOf(row: TopicRow): Topic {
  const attributes = JSON.parse(row.attributes) as Attributes // written by writeTopic()
  return { ...row, attributes, fifo: row.name.endsWith('.fifo') }
}

/** A topic is asked for in its own region: clients sign for one. */
export const isElsewhere = ({ http, caller, place }: Ctx) =>
  http !== undefined && caller.accessKeyId !== undefined && http.region !== place.region
