import { expand, type Lookup, matches, matchesArn, type Pattern } from './policy-pattern.ts'
import { liesIn, parseDate, parseNetwork, parseNumber } from './policy-values.ts'

/** One line of a Condition block: all of a statement's lines must hold. */
export type Condition = { operator: Operator; key: string; values: readonly Pattern[] }

export type Operator = {
  test: Test
  /** `StringNotEquals` and its like hold when no value matches. */
  negated: boolean
  ifExists: boolean
  set: 'ForAllValues' | 'ForAnyValue' | undefined
}

/** The values of a context key, which has no case; undefined when the request does not have it. */
export type Context = (key: string) => readonly string[] | undefined

/** Whether a value of the request matches one of the policy. */
type Test = (given: string, wanted: Pattern, lookup: Lookup) => boolean

/** A test on a value of some type: what cannot be read as that type never matches. */
function typed<T>(read: (text: string) => T | undefined, compare: (given: T, wanted: T) => boolean): Test {
  return (given, wanted, lookup) => {
    const text = expand(wanted, lookup)
    const value = text === undefined ? undefined : read(text)
    const actual = value === undefined ? undefined : read(given)
    return actual !== undefined && value !== undefined && compare(actual, value)
  }
}

const asText = (text: string) => text
const ignoringCase = (text: string) => text.toLowerCase()
const asBoolean = (text: string) => (/^(?:true|false)$/i.test(text) ? text.toLowerCase() : undefined)
const equal = <T>(given: T, wanted: T) => given === wanted

const ordered = (read: (text: string) => number | undefined) => ({
  Equals: typed(read, equal),
  LessThan: typed(read, (given, wanted) => given < wanted),
  LessThanEquals: typed(read, (given, wanted) => given <= wanted),
  GreaterThan: typed(read, (given, wanted) => given > wanted),
  GreaterThanEquals: typed(read, (given, wanted) => given >= wanted),
})

const numeric = ordered(parseNumber)
const date = ordered(parseDate)

/** The operators by lower-case name; negated ones are their opposites. */
const TESTS: ReadonlyMap<string, Test> = new Map(
  Object.entries({
    StringEquals: typed(asText, equal),
    StringEqualsIgnoreCase: typed(ignoringCase, equal),
    StringLike: (given, wanted, lookup) => matches(wanted, given, lookup),
    ...named('Numeric', numeric),
    ...named('Date', date),
    Bool: typed(asBoolean, equal),
    BinaryEquals: typed(asText, equal),
    IpAddress: typed(parseNetwork, liesIn),
    ArnEquals: (given, wanted, lookup) => matchesArn(wanted, given, lookup),
    ArnLike: (given, wanted, lookup) => matchesArn(wanted, given, lookup),
    Null: () => false,
  } satisfies Record<string, Test>).map(([name, test]) => [name.toLowerCase(), test]),
)

function named(type: string, tests: Record<string, Test>): Record<string, Test> {
  return Object.fromEntries(Object.entries(tests).map(([name, test]) => [type + name, test]))
}

const OPPOSITES: ReadonlyMap<string, string> = new Map([
  ['stringnotequals', 'stringequals'],
  ['stringnotequalsignorecase', 'stringequalsignorecase'],
  ['stringnotlike', 'stringlike'],
  ['numericnotequals', 'numericequals'],
  ['datenotequals', 'dateequals'],
  ['notipaddress', 'ipaddress'],
  ['arnnotequals', 'arnequals'],
  ['arnnotlike', 'arnlike'],
])

const NULL = TESTS.get('null')

/** Reads `ForAnyValue:StringNotLikeIfExists` and its like; undefined when there is no such operator. */
export function parseOperator(name: string): Operator | undefined {
  const parts = /^(?:(ForAllValues|ForAnyValue):)?([a-z]{1,40}?)(IfExists)?$/i.exec(name)
  if (!parts) return undefined
  const [, set, base = '', ifExists] = parts
  const lower = base.toLowerCase()
  const test = TESTS.get(OPPOSITES.get(lower) ?? lower)
  if (!test || (test === NULL && ifExists)) return undefined
  return { test, negated: OPPOSITES.has(lower), ifExists: ifExists !== undefined, set: setOf(set) }
}

function setOf(name: string | undefined): Operator['set'] {
  if (name === undefined) return undefined
  return name.toLowerCase() === 'forallvalues' ? 'ForAllValues' : 'ForAnyValue'
}

/** The one value of a key, for policy variables. */
export function lookupOf(context: Context): Lookup {
  return key => {
    const values = context(key)
    return values?.length === 1 ? values[0] : undefined
  }
}

/**
 * Whether a condition holds for a request.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function holds({ operator, key, values }: Condition, context: Context): boolean {
  const lookup = lookupOf(context)
  const given = context(key)
  const absent = given === undefined || given.length === 0
  if (operator.test === NULL) {
    return values.some(value => (expand(value, lookup)?.toLowerCase() === 'true') === absent)
  }
  if (absent) return operator.ifExists || operator.set === 'ForAllValues' || (operator.negated && !operator.set)
  const matchesOne = (value: string) => values.some(wanted => operator.test(value, wanted, lookup))
  if (operator.set === 'ForAllValues') return given.every(value => matchesOne(value) !== operator.negated)
  if (operator.set === 'ForAnyValue') return given.some(value => matchesOne(value) !== operator.negated)
  return given.some(matchesOne) !== operator.negated
}
