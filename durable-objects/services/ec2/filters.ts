import { AwsError } from '../../../aws/errors.ts'
import type { Filter } from '../../../aws/models/ec2.types.ts'
import { combined, invalid } from './refusals.ts'

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html: on one call. */
const MOST_VALUES = 200
const SIZE = 1000
const LEAST_SIZE = 5

type Paged = { NextToken?: string | undefined; MaxResults?: number | undefined; DryRun?: boolean | undefined }

/** How the listings page. */
export function paging({ NextToken: token, MaxResults: size = SIZE, DryRun: _dry, ...of }: Paged) {
  if (size < LEAST_SIZE || size > SIZE) {
    const bound = size < LEAST_SIZE ? `greater than ${LEAST_SIZE}` : `less than ${SIZE}`
    throw invalid(`Value ( ${size} ) for parameter maxResults is invalid. Expecting a value ${bound}.`)
  }
  return { token, size, of, refusal: () => new AwsError('InvalidNextToken', 'The specified NextToken is not valid.') }
}

const pascal = (text: string) => text.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())

/** `vpc-id association.main=Associations.Main`: a filter, and the path of what it asks, where its name does not say. */
export function pathsOf(filters: string): Map<string, string[]> {
  const each = filters.trim().split(/\s+/)
  return new Map(
    each.map(filter => {
      const [name = '', path = name.split('.').map(pascal).join('.')] = filter.split('=')
      return [name, path.split('.')]
    }),
  )
}

/** All values at a path, through lists. */
export function valuesAt(value: unknown, path: readonly string[]): unknown[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value.flatMap(item => valuesAt(item, path))
  const [step, ...rest] = path
  if (step === undefined) return [value]
  return typeof value === 'object' ? valuesAt(Reflect.get(value, step), rest) : []
}

/** A filter's value: `*` and `?` are wildcards, a backslash takes their meaning. */
export function wild(text: string): (value: string) => boolean {
  if (!/[*?\\]/.test(text)) return value => value === text
  const pieces = text.match(/\\[\s\S]|[\s\S]/gu) ?? []
  return value => matches([...value], pieces)
}

/** Without a regular expression, whose time a client could choose. */
function matches(value: readonly string[], pieces: readonly string[]): boolean {
  let [at, piece, star, from] = [0, 0, -1, 0]
  while (at < value.length) {
    const wanted = pieces[piece]
    if (wanted === '*') {
      star = piece++
      from = at
    } else if (wanted === '?' || (wanted !== undefined && wanted.replace(/^\\([\s\S])/, '$1') === value[at])) {
      at++
      piece++
    } else if (star >= 0) {
      piece = star + 1
      at = ++from
    } else return false
  }
  while (pieces[piece] === '*') piece++
  return piece === pieces.length
}

type Tags = readonly { Key?: unknown; Value?: unknown }[]

/**
 * Whether a row satisfies all filters of a request: one of the values of each.
 * @throws AwsError for a filter that the operation does not have
 */
export function matcher<Row>(known: string, filters: Filter[] | undefined, tagsOf: (row: Row) => Tags) {
  const paths = pathsOf(known)
  const values = (filters ?? []).reduce((sum, { Values = [] }) => sum + Values.length, 0)
  if (values > MOST_VALUES) {
    const message = `The maximum number of filter values specified on a single call is ${MOST_VALUES}`
    throw new AwsError('FilterLimitExceeded', message)
  }
  const tests = (filters ?? []).map(({ Name = '', Values = [] }) => {
    const wanted = Values.map(wild)
    const asked = askedBy<Row>(Name, paths.get(Name), tagsOf)
    return (row: Row) => asked(row).some(value => wanted.some(test => test(String(value))))
  })
  return (row: Row) => tests.every(test => test(row))
}

function askedBy<Row>(name: string, path: string[] | undefined, tagsOf: (row: Row) => Tags) {
  if (path) return (row: Row) => valuesAt(row, path)
  if (name.startsWith('tag:')) {
    return (row: Row) => tagsOf(row).flatMap(({ Key, Value }) => (Key === name.slice(4) ? [Value] : []))
  }
  if (name === 'tag-key') return (row: Row) => tagsOf(row).map(({ Key }) => Key)
  if (name === 'tag-value') return (row: Row) => tagsOf(row).map(({ Value }) => Value)
  throw name === '' ? combined('A filter has no name') : invalid(`The filter '${name}' is invalid`)
}
