import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { parseArn } from '../../../../aws/arn.ts'
import { invalidParameter, notFound } from '../errors.ts'
import { findMapping } from '../mappings/mapping-rows.ts'
import { namedFunction, parseFunctionName } from '../functions/names.ts'
import { type Input, LATEST, type Output } from '../schema.ts'
import { findFunction, touchVersion } from '../functions/versions.ts'

const MOST_TAGS = 50

type Tags = Record<string, string>

/** @throws InvalidParameterValueException for more than fifty, and for AWS's own keys */
export function checkTags(tags: Tags): void {
  const keys = Object.keys(tags)
  if (keys.length > MOST_TAGS) throw invalidParameter('Number of tags exceeds resource tag limit.')
  if (keys.some(key => key.toLowerCase().startsWith('aws:'))) {
    throw invalidParameter('The tag key cannot start with the reserved prefix aws:.')
  }
}

/** Something tagged: functions, code signing configurations and event source mappings are. */
type Tagged = { tags: Tags; save(tags: Tags): void }

function findTagged(ctx: Tx, Resource: string): Tagged {
  const [kind] = parseArn(Resource)?.resource.split(':') ?? []
  if (kind === 'event-source-mapping') return taggedMapping(ctx, Resource)
  return kind === 'code-signing-config' ? taggedSigningConfig(ctx, Resource) : taggedFunction(ctx, Resource)
}

function taggedFunction(ctx: Tx, Resource: string): Tagged {
  const named = namedFunction(ctx, { FunctionName: Resource })
  if (named.qualifier !== undefined) {
    throw invalidParameter('Tags on function aliases and versions are not supported. Please specify a function ARN.')
  }
  const row = findFunction(ctx, named)
  return {
    tags: JSON.parse(row.tags) as Tags, // written by save()
    save: tags => {
      ctx.sql.run('UPDATE lambda_functions SET tags = ? WHERE name = ?', JSON.stringify(tags), row.name)
      touchVersion(ctx, row.name, LATEST)
    },
  }
}

function taggedSigningConfig(ctx: Tx, Resource: string): Tagged {
  const row = ctx.sql.first<{ tags: string }>('SELECT tags FROM lambda_code_signing_configs WHERE arn = ?', Resource)
  if (!row) throw notFound(`The Lambda code signing configuration ${Resource} can not be found.`)
  return {
    tags: JSON.parse(row.tags) as Tags, // written by save()
    save: tags =>
      ctx.sql.run('UPDATE lambda_code_signing_configs SET tags = ? WHERE arn = ?', JSON.stringify(tags), Resource),
  }
}

function taggedMapping(ctx: Tx, Resource: string): Tagged {
  const { uuid, tags } = findMapping(ctx, Resource.slice(Resource.lastIndexOf(':') + 1))
  return {
    tags: JSON.parse(tags) as Tags, // written by CreateEventSourceMapping and save()
    save: changed => ctx.sql.run('UPDATE lambda_mappings SET tags = ? WHERE uuid = ?', JSON.stringify(changed), uuid),
  }
}

/** Tags of the function that an operation names, for policies' conditions on them. */
export function functionTags(ctx: Ctx, _operation: string, input: Record<string, unknown>): Tags | undefined {
  const given = input.FunctionName ?? input.Resource
  const name = typeof given === 'string' ? parseFunctionName(given)?.name : undefined
  const row =
    name === undefined
      ? undefined
      : ctx.sql.first<{ tags: string }>('SELECT tags FROM lambda_functions WHERE name = ?', name)
  return row && (JSON.parse(row.tags) as Tags) // written by CreateFunction and save()
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_TagResource.html */
export function TagResource(ctx: Tx, input: Input<'TagResource'>): Output<'TagResource'> {
  if (Object.keys(input.Tags).length === 0) {
    throw invalidParameter('An error occurred and the request cannot be processed.')
  }
  const tagged = findTagged(ctx, input.Resource)
  const tags = { ...tagged.tags, ...input.Tags }
  checkTags(tags)
  tagged.save(tags)
  return {}
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_UntagResource.html */
export function UntagResource(ctx: Tx, input: Input<'UntagResource'>): Output<'UntagResource'> {
  const tagged = findTagged(ctx, input.Resource)
  const kept = Object.entries(tagged.tags).filter(([key]) => !input.TagKeys.includes(key))
  tagged.save(Object.fromEntries(kept))
  return {}
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListTags.html */
export function ListTags(ctx: Tx, input: Input<'ListTags'>): Output<'ListTags'> {
  return { Tags: findTagged(ctx, input.Resource).tags }
}
