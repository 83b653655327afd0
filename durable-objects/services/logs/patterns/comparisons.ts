import { invalidPattern, readQuoted, readRegex, type Scanner, skipSpace, takeMatch, unexpected } from './scanner.ts'

/** Decides on one value of a log event. */
export type Test = (value: string | number) => boolean

const OPERATOR = /!=|<=|>=|=|<|>/y
const BARE = /[^\s"%(){}[\]<>=!&|,;'`\\]+/y
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

type Order = (left: number, right: number) => boolean

const ORDERS: Readonly<Record<string, Order>> = {
  '<': (left, right) => left < right,
  '>': (left, right) => left > right,
  '<=': (left, right) => left <= right,
  '>=': (left, right) => left >= right,
}

const numberOf = (value: string | number) =>
  typeof value === 'number' ? value : NUMBER.test(value) ? Number(value) : NaN

/** An operator and its operand: `= "text*"`, `!= %regex%`, `>= 4.5`. Undefined when no operator comes next. */
export function readComparison(scanner: Scanner): Test | undefined {
  skipSpace(scanner)
  const operator = takeMatch(scanner, OPERATOR)
  if (operator === undefined) return undefined
  skipSpace(scanner)
  const order = ORDERS[operator]
  if (order) return orderTest(order, takeMatch(scanner, BARE))
  const equal = readEquality(scanner)
  return operator === '=' ? equal : value => !equal(value)
}

function orderTest(order: Order, operand: string | undefined): Test {
  const bound = operand !== undefined && NUMBER.test(operand) ? Number(operand) : undefined
  if (bound === undefined) throw invalidPattern()
  return value => order(numberOf(value), bound)
}

function readEquality(scanner: Scanner): Test {
  const first = scanner.text[scanner.at]
  if (first === '"') return textTest(readQuoted(scanner))
  if (first === '%') {
    const regex = readRegex(scanner)
    return value => regex.test(String(value))
  }
  const bare = takeMatch(scanner, BARE)
  if (bare === undefined) throw unexpected(scanner)
  if (!NUMBER.test(bare)) return textTest(bare)
  const number = Number(bare)
  return value => value === bare || numberOf(value) === number
}

/** An asterisk stands for any text at the beginning and at the end of an operand; between them it is itself. */
function textTest(operand: string): Test {
  const open = operand.startsWith('*')
  const close = operand.length > 1 && operand.endsWith('*')
  const text = operand.slice(open ? 1 : 0, close ? -1 : undefined)
  if (open && close) return value => String(value).includes(text)
  if (open) return value => String(value).endsWith(text)
  if (close) return value => String(value).startsWith(text)
  return value => String(value) === text
}
