import type { Filter, Operations } from '../../../aws/models/ec2.types.ts'
import { listing } from '../../kernel/listings/listings.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import { matcher, paging } from './filters.ts'
import { find, read, type Tagged } from './resources.ts'
import type { In, Kind, Kinds, Out } from './schema.ts'

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
type Row = { attributes: string; tags: string }

/** An operation that describes all resources of a kind, or those that ids and filters choose. */
export function describe<O extends keyof Operations, K extends Kind>(kind: K, described: Described<O, K>) {
  return (ctx: Ctx, given: In<O>): Out<O> => {
    const input = given as Input // as all operations that describe have it
    const ids = (given as Record<string, unknown>)[described.ids] as string[] | undefined // the model's own type
    for (const id of ids ?? []) find(ctx, kind, id)
    const shown = new Map<Row, Kinds[K] & Tagged>()
    const matches = matcher<Kinds[K] & Tagged>(described.filters, input.Filters ?? input.Filter, ({ Tags }) => Tags)
    const { rows, next } = listing<Row>(ctx, paging(input), {
      select: `seq, attributes,
        (SELECT json_group_array(json_object('Key', key, 'Value', value)) FROM ec2_tags WHERE resource = id) AS tags`,
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
    return { [described.list]: rows.map(row => shown.get(row)), NextToken: next } as Out<O>
  }
}

function show<O extends keyof Operations, K extends Kind>(ctx: Ctx, { view }: Described<O, K>, row: Row) {
  const resource = read<K>(row.attributes)
  const Tags = JSON.parse(row.tags) as Tagged['Tags'] // made by the query
  return { ...resource, ...view?.(ctx, resource), Tags, TagSet: Tags }
}
