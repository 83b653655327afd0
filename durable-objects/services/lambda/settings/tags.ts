import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { parseArn } from '../../../../aws/arn.ts'
import { atMost, notReserved } from '../../../kernel/tags/rules.ts'
import { map, taggable, tagOperations } from '../../../kernel/tags/taggable.ts'
import { invalidParameter, notFound } from '../errors.ts'
import { findMapping, mappingArn } from '../mappings/mapping-rows.ts'
import { functionArn, namedFunction, parseFunctionName } from '../functions/names.ts'
import { LATEST } from '../schema.ts'
import { findFunction, touchVersion } from '../functions/versions.ts'

/** Tags of functions, code signing configurations and event source mappings. */
export const lambdaTags = taggable({
  form: map,
  rules: [
    atMost(50, () => invalidParameter('Number of tags exceeds resource tag limit.')),
    notReserved(() => invalidParameter('The tag key cannot start with the reserved prefix aws:.')),
  ],
})

/** https://docs.aws.amazon.com/lambda/latest/api/API_TagResource.html */
export const {
  tag: TagResource,
  untag: UntagResource,
  list: ListTags,
} = tagOperations(lambdaTags, {
  members: ['Tags', 'TagKeys'],
  find(ctx: Ctx, { Resource, Tags = {} }: { Resource: string; Tags?: Record<string, string> }, verb) {
    if (verb === 'tag' && Object.keys(Tags).length === 0) {
      throw invalidParameter('An error occurred and the request cannot be processed.')
    }
    return findTagged(ctx, Resource)
  },
  changed(tx: Tx, arn) {
    const { name = '' } = parseFunctionName(arn) ?? {}
    if (arn === functionArn(tx.place, name)) touchVersion(tx, name, LATEST)
  },
})

function findTagged(ctx: Ctx, Resource: string): string {
  const [kind] = parseArn(Resource)?.resource.split(':') ?? []
  if (kind === 'event-source-mapping') {
    return mappingArn(ctx, findMapping(ctx, Resource.slice(Resource.lastIndexOf(':') + 1)).uuid)
  }
  if (kind === 'code-signing-config') {
    if (ctx.sql.first('SELECT 1 FROM lambda_code_signing_configs WHERE arn = ?', Resource)) return Resource
    throw notFound(`The Lambda code signing configuration ${Resource} can not be found.`)
  }
  const named = namedFunction(ctx, { FunctionName: Resource })
  if (named.qualifier !== undefined) {
    throw invalidParameter('Tags on function aliases and versions are not supported. Please specify a function ARN.')
  }
  return functionArn(ctx.place, findFunction(ctx, named).name)
}

/** Tags of what an operation names, a function's by whatever qualifier, for policies' conditions on them. */
export function resourceTags(ctx: Ctx, _operation: string, { FunctionName, Resource }: Record<string, unknown>) {
  const name = typeof FunctionName === 'string' ? parseFunctionName(FunctionName)?.name : undefined
  const arn = name === undefined ? Resource : functionArn(ctx.place, name)
  return typeof arn === 'string' ? lambdaTags.read(ctx, arn) : undefined
}
