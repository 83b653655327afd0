import type { Filter, In, Operations, Out } from '../../../aws/models/ec2.types.ts'
import { listing } from '../../kernel/listings/listings.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import { stillShown } from '../../kernel/states/states.ts'
import { matcher, paging } from './filters.ts'
import { find, idOf, read } from './resources.ts'
import type { Kind, Kinds } from './schema.ts'
import { tagsOf } from './tags.ts'

type Described<O extends keyof Operations, K extends Kind> = {
  /** Members of the output, and of the input that has ids. */
  list: keyof Out<O> & string
  ids: keyof In<O> & string
  /** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Using_Filtering.html, but for those by tags. */
  filters: string
  /** What a resource shows beside what is stored. */
  view?: (ctx: Ctx, resource: Kinds[K]) => Partial<Kinds[K]>
  keep?: (ctx: Ctx, resource: Kinds[K]) => boolean
}

type Input = { Filters?: Filter[]; Filter?: Filter[]; NextToken?: string; MaxResults?: number }
type Row = { id: string; attributes: string }

/** An operation that describes all resources of a kind, or those that ids and filters choose. */
export function describe<O extends keyof Operations, K extends Kind>(kind: K, described: Described<O, K>) {
  return (ctx: Ctx, given: In<O>): Out<O> => {
    const input = given as Input // as all operations that describe have it
    const ids = (given as Record<string, unknown>)[described.ids] as string[] | undefined // the model's own type
    for (const id of ids ?? []) find(ctx, kind, id)
    const shown = new Map<Row, Kinds[K]>()
    const matches = matcher<Kinds[K]>(described.filters, input.Filters ?? input.Filter, each =>
      tagsOf(ctx, idOf(kind, each)),
    )
    const { rows, next } = listing<Row>(ctx, paging(input), {
      select: 'seq, id, attributes',
      from: 'ec2_resources',
      where: { 'kind = ?': kind, 'id IN (SELECT value FROM json_each(?))': ids && JSON.stringify(ids) },
      key: 'seq',
      keep(row) {
        const resource = show(ctx, described, row)
        const kept = (described.keep?.(ctx, resource) ?? true) && matches(resource)
        if (kept) shown.set(row, resource)
        return kept
      },
    })
    const tagged = rows.map(row => {
      const Tags = tagsOf(ctx, row.id)
      return { ...shown.get(row), Tags, TagSet: Tags }
    })
    return { [described.list]: tagged, NextToken: next } as Out<O>
  }
}

function show<O extends keyof Operations, K extends Kind>(ctx: Ctx, { view }: Described<O, K>, row: Row) {
  const resource = read<K>(row.attributes)
  return { ...resource, ...view?.(ctx, resource), ...stillShown<Kinds[K]>(ctx, row.id) }
}
