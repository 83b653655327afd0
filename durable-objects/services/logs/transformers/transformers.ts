import type { In, Out, Processor } from '../../../../aws/models/logs.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { upsert } from '../../../kernel/object/rows.ts'
import { AwsError } from '../../../../aws/errors.ts'
import type { TransformerRow } from '../anomalies/analysis-schema.ts'
import { findGroupByIdentifier, groupArn } from '../groups/find-group.ts'
import { invalidOperation, invalidParameter, notFound } from '../refusals.ts'
import type { GroupRow } from '../schema.ts'
import { grokOf } from './grok.ts'
import type { Event } from './paths.ts'
import { MOST_TRANSFORMED, PROCESSORS, type Step } from './processors.ts'

/** A transformation, ready to be asked: the event as JSON; undefined for one that it cannot take. */
export type Transformation = (message: string) => string | undefined

const MAX_PROCESSORS = 20
const PARSERS: readonly string[] = [
  ...['csv', 'grok', 'parseCloudfront', 'parseJSON', 'parseKeyValue', 'parsePostgres', 'parseRoute53'],
  ...['parseToOCSF', 'parseVPC', 'parseWAF'],
]

/** Reads processors. @throws AwsError InvalidParameterException, or NotImplemented for one that is not built */
export function transformationOf(config: readonly Processor[]): Transformation {
  const invalid = (reason: string) => invalidParameter(`Invalid transformer config: ${reason}`)
  if (config.length === 0 || config.length > MAX_PROCESSORS) {
    throw invalid(`it must have between 1 and ${MAX_PROCESSORS} processors.`)
  }
  const named = config.map(processor => Object.entries(processor).filter(([, value]) => value !== undefined))
  if (named.some(entries => entries.length !== 1)) throw invalid('each processor must have exactly one member.')
  if (!PARSERS.includes(named[0]?.[0]?.[0] ?? '')) throw invalid('the first processor must be a parser.')
  const steps = named.flat().map(([name, processor]) => stepOf(name, processor))
  return message => {
    const event: Event = {}
    try {
      for (const step of steps) step(event, message)
    } catch (error) {
      if (error instanceof TypeError || error instanceof SyntaxError) return undefined
      throw error
    }
    const text = JSON.stringify(event)
    return text.length > MOST_TRANSFORMED ? undefined : text
  }
}

function stepOf(name: string, processor: unknown): Step {
  const known: Partial<Record<string, (processor: never) => Step>> = PROCESSORS
  const make = Object.hasOwn(known, name) ? known[name] : undefined
  if (!make) throw new AwsError('NotImplemented', `logs: the processor ${name} is not implemented`, 501)
  const match = name === 'grok' ? (processor as { match: string }).match : undefined // the model's member
  if (match !== undefined && !grokOf(match)) throw invalidParameter(`Invalid grok pattern: ${match}`)
  return make(processor as never) // by its own name
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutTransformer.html */
export function PutTransformer(ctx: Tx, { logGroupIdentifier, transformerConfig }: In<'PutTransformer'>): void {
  transformationOf(transformerConfig)
  const group = findGroupByIdentifier(ctx, logGroupIdentifier)
  if (group.class !== 'STANDARD') throw invalidOperation('Only log groups of class STANDARD can have a transformer.')
  upsert(ctx.sql, 'logs_transformers', {
    key: { logGroup: group.id },
    once: { createdAt: ctx.now },
    set: { config: JSON.stringify(transformerConfig), updatedAt: ctx.now },
  })
  transformationsIn(ctx).delete(group.id)
}

const rowOf = (ctx: Ctx, group: number) =>
  ctx.sql.first<TransformerRow>('SELECT * FROM logs_transformers WHERE logGroup = ?', group)

const configOf = ({ config }: TransformerRow) => JSON.parse(config) as Processor[] // written by PutTransformer

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetTransformer.html */
export function GetTransformer(ctx: Ctx, { logGroupIdentifier }: In<'GetTransformer'>): Out<'GetTransformer'> {
  const group = findGroupByIdentifier(ctx, logGroupIdentifier)
  const row = rowOf(ctx, group.id)
  if (!row) throw notFound('transformer')
  return {
    logGroupIdentifier: groupArn(ctx, group.name),
    creationTime: row.createdAt,
    lastModifiedTime: row.updatedAt,
    transformerConfig: configOf(row),
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteTransformer.html */
export function DeleteTransformer(ctx: Tx, { logGroupIdentifier }: In<'DeleteTransformer'>): void {
  const { id } = findGroupByIdentifier(ctx, logGroupIdentifier)
  ctx.sql.run('DELETE FROM logs_transformers WHERE logGroup = ?', id)
  if (ctx.sql.changes() === 0) throw notFound('transformer')
  transformationsIn(ctx).delete(id)
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TestTransformer.html */
export function TestTransformer(_ctx: Ctx, input: In<'TestTransformer'>): Out<'TestTransformer'> {
  const transform = transformationOf(input.transformerConfig)
  const transformedLogs = input.logEventMessages.map((eventMessage, at) => ({
    eventNumber: at + 1,
    eventMessage,
    transformedEventMessage: transform(eventMessage) ?? eventMessage,
  }))
  return { transformedLogs }
}

const transformationsIn = (ctx: Ctx) =>
  ctx.memory('logs.transformations', () => new Map<number, Transformation | undefined>())

/** A group's events as its transformer makes them; one that it cannot take stays as it is. */
export function transformerOf(ctx: Ctx, { id }: GroupRow): (message: string) => string {
  const known = transformationsIn(ctx)
  if (!known.has(id)) {
    const row = rowOf(ctx, id)
    known.set(id, row && transformationOf(configOf(row)))
  }
  const transform = known.get(id)
  return message => transform?.(message) ?? message
}
