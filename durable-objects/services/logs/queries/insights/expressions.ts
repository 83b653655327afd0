import { aggregateOf, type AggregateFactory } from './aggregates.ts'
import { functionOf } from './functions.ts'
import { fieldOf, type Row } from './rows.ts'
import {
  expect,
  malformed,
  nested,
  readList,
  type Scanner,
  skipBlank,
  take,
  takeMatch,
  takeName,
  takeRegex,
  takeString,
  takeWord,
} from './scanner.ts'
import { compare, flag, numberOf, textOf, truth, type Value } from './values.ts'
import { ceilTime, floorTime, readBin, readRounding } from './times.ts'

export type Evaluate = (row: Row) => Value
/** An expression and its text, by which its results are named. */
export type Expression = { evaluate: Evaluate; text: string }

/** What an expression may use: the time of the query, and, in `stats`, aggregations, which are gathered here. */
export type Scope = { now: number; aggregates?: AggregateFactory[] }

export function readExpression(scanner: Scanner, scope: Scope): Expression {
  skipBlank(scanner)
  const start = scanner.at
  const evaluate = readOr(scanner, scope)
  return { evaluate, text: scanner.text.slice(start, scanner.at).trim() }
}

type Read = (scanner: Scanner, scope: Scope) => Evaluate

function readOr(scanner: Scanner, scope: Scope): Evaluate {
  let left = readAnd(scanner, scope)
  while (takeWord(scanner, 'or')) {
    const [one, other] = [left, readAnd(scanner, scope)]
    left = row => flag(truth(one(row)) || truth(other(row)))
  }
  return left
}

function readAnd(scanner: Scanner, scope: Scope): Evaluate {
  let left = readNot(scanner, scope)
  while (takeWord(scanner, 'and')) {
    const [one, other] = [left, readNot(scanner, scope)]
    left = row => flag(truth(one(row)) && truth(other(row)))
  }
  return left
}

function readNot(scanner: Scanner, scope: Scope): Evaluate {
  if (!takeWord(scanner, 'not')) return readComparison(scanner, scope)
  const inner = nested(scanner, () => readNot(scanner, scope))
  return row => flag(!truth(inner(row)))
}

const COMPARISON = /!=|<=|>=|=(?!~)|<|>/y
const COMPARED: Readonly<Record<string, (order: number) => boolean>> = {
  '=': order => order === 0,
  '!=': order => order !== 0,
  '<': order => order < 0,
  '<=': order => order <= 0,
  '>': order => order > 0,
  '>=': order => order >= 0,
}

function readComparison(scanner: Scanner, scope: Scope): Evaluate {
  const left = readSum(scanner, scope)
  const holds = COMPARED[takeMatch(scanner, COMPARISON) ?? '']
  if (holds) {
    const right = readSum(scanner, scope)
    return row => {
      const [a, b] = [left(row), right(row)]
      // What is missing compares with nothing.
      return flag(a !== undefined && b !== undefined && holds(compare(a, b)))
    }
  }
  if (take(scanner, '=~')) return readLike(scanner, left)
  const negated = takeWord(scanner, 'not') !== undefined
  const word = takeWord(scanner, 'like', 'in')
  if (word === undefined && negated) throw malformed(scanner)
  if (word === undefined) return left
  const test = word === 'like' ? readLike(scanner, left) : readIn(scanner, scope, left)
  return negated ? row => flag(left(row) !== undefined && !truth(test(row))) : test
}

function readLike(scanner: Scanner, left: Evaluate): Evaluate {
  const regex = takeRegex(scanner)
  const part = regex ? undefined : takeString(scanner)
  if (!regex && part === undefined) throw malformed(scanner)
  return row => {
    const value = left(row)
    if (value === undefined) return 0
    const text = textOf(value)
    return flag(regex ? regex.test(text) : text.includes(part ?? ''))
  }
}

function readIn(scanner: Scanner, scope: Scope, left: Evaluate): Evaluate {
  expect(scanner, '[')
  const items = readList(scanner, at => readSum(at, scope))
  expect(scanner, ']')
  return row => {
    const value = left(row)
    return flag(value !== undefined && items.some(item => compare(value, item(row)) === 0))
  }
}

type Calculate = (left: number, right: number) => number

const SUM: Readonly<Record<string, Calculate>> = { '+': (a, b) => a + b, '-': (a, b) => a - b }
const PRODUCT: Readonly<Record<string, Calculate>> = {
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
}
const POWER: Readonly<Record<string, Calculate>> = { '^': (a, b) => a ** b }

const readPower: Read = (scanner, scope) => readOperators(scanner, scope, { next: readUnary, operators: POWER })
const readProduct: Read = (scanner, scope) => readOperators(scanner, scope, { next: readPower, operators: PRODUCT })
const readSum: Read = (scanner, scope) => readOperators(scanner, scope, { next: readProduct, operators: SUM })

type Level = { next: Read; operators: Readonly<Record<string, Calculate>> }

function readOperators(scanner: Scanner, scope: Scope, { next, operators }: Level): Evaluate {
  let left = next(scanner, scope)
  for (;;) {
    const symbol = Object.keys(operators).find(each => take(scanner, each))
    const calculate = symbol === undefined ? undefined : operators[symbol]
    if (!calculate) return left
    const [one, other] = [left, next(scanner, scope)]
    left = row => {
      const [a, b] = [numberOf(one(row)), numberOf(other(row))]
      const result = a === undefined || b === undefined ? undefined : calculate(a, b)
      return Number.isFinite(result) ? result : undefined
    }
  }
}

const NUMBER = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y

function readUnary(scanner: Scanner, scope: Scope): Evaluate {
  if (take(scanner, '-')) {
    const inner = nested(scanner, () => readUnary(scanner, scope))
    return row => {
      const value = numberOf(inner(row))
      return value === undefined ? undefined : -value
    }
  }
  if (take(scanner, '(')) {
    const inner = nested(scanner, () => readOr(scanner, scope))
    expect(scanner, ')')
    return inner
  }
  const number = takeMatch(scanner, NUMBER)
  if (number !== undefined) return () => Number(number)
  const text = takeString(scanner)
  if (text !== undefined) return () => text
  return readNamed(scanner, scope)
}

/** A field, or a call of a function. */
function readNamed(scanner: Scanner, scope: Scope): Evaluate {
  const start = scanner.at
  const name = takeName(scanner)
  if (name === undefined) throw malformed(scanner)
  if (!take(scanner, '(')) return row => fieldOf(row, name)
  return nested(scanner, () => readCall(scanner, scope, { name: name.toLowerCase(), start }))
}

function readCall(scanner: Scanner, scope: Scope, { name, start }: { name: string; start: number }): Evaluate {
  if (name === 'bin') return readBin(scanner)
  if (name === 'datefloor') return readRounding(scanner, floorTime, readOr(scanner, scope))
  if (name === 'dateceil') return readRounding(scanner, ceilTime, readOr(scanner, scope))
  const all = take(scanner, '*')
  const inner: Scope = { now: scope.now }
  const parameters = all || take(scanner, ')') ? [] : readList(scanner, at => readOr(at, inner))
  if (all || parameters.length > 0) expect(scanner, ')')
  const { aggregates } = scope
  const aggregate = aggregates && aggregateOf(name, parameters, all)
  if (aggregate && aggregates) {
    const index = aggregates.push(aggregate) - 1
    return row => row.results?.[index]
  }
  const call = all ? undefined : functionOf(name, parameters, scope.now)
  if (call) return call
  scanner.at = start
  throw malformed(scanner, `unknown or misused function ${name}`)
}
