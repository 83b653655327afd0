import type { Evaluate } from './expressions.ts'
import type { Row } from './rows.ts'
import { compare, flag, numberOf, textOf, type Value } from './values.ts'

/** A function on values; `min` and `max` are how many of them it takes. */
type Entry = { min: number; max: number; of: (values: Value[], now: number) => Value }

/** Numbers in, a number out; nothing when one of them is none. */
function numeric(count: number, calculate: (...numbers: number[]) => number): Entry {
  const of = (values: Value[]) => {
    const numbers = values.map(numberOf)
    if (numbers.includes(undefined)) return undefined
    const result = calculate(...(numbers as number[])) // none is undefined: checked above
    return Number.isFinite(result) ? result : undefined
  }
  return { min: count, max: count, of }
}

/** Texts in; nothing when one of them is missing. */
function textual(min: number, max: number, make: (...texts: string[]) => Value): Entry {
  return { min, max, of: values => (values.includes(undefined) ? undefined : make(...values.map(textOf))) }
}

const anyOf = (pick: (values: Value[]) => Value): Entry => ({ min: 1, max: 50, of: pick })
const present = (values: Value[]) => values.filter(value => value !== undefined)

/** The characters of `set` at an end of a text; white space when no set is given. */
function trim(text: string, set: string | undefined, ends: { left: boolean; right: boolean }): string {
  const drops = (character: string | undefined) =>
    character !== undefined && (set === undefined ? /\s/.test(character) : set.includes(character))
  let [from, to] = [0, text.length]
  while (ends.left && from < to && drops(text[from])) from += 1
  while (ends.right && to > from && drops(text[to - 1])) to -= 1
  return text.slice(from, to)
}

/** What one value may grow to. */
const MAX_TEXT = 1_048_576

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-operations-functions.html */
const FUNCTIONS: Readonly<Record<string, Entry>> = {
  abs: numeric(1, Math.abs),
  ceil: numeric(1, Math.ceil),
  floor: numeric(1, Math.floor),
  log: numeric(1, Math.log),
  sqrt: numeric(1, Math.sqrt),
  greatest: anyOf(values =>
    present(values).reduce<Value>((a, b) => (a === undefined || compare(b, a) > 0 ? b : a), undefined),
  ),
  least: anyOf(values =>
    present(values).reduce<Value>((a, b) => (a === undefined || compare(b, a) < 0 ? b : a), undefined),
  ),
  coalesce: anyOf(values => values.find(value => value !== undefined)),
  ispresent: { min: 1, max: 1, of: ([value]) => flag(value !== undefined) },
  isempty: { min: 1, max: 1, of: ([value]) => flag(value === undefined || textOf(value) === '') },
  isblank: { min: 1, max: 1, of: ([value]) => flag(value === undefined || textOf(value).trim() === '') },
  concat: textual(1, 50, (...texts) => texts.join('').slice(0, MAX_TEXT)),
  strlen: textual(1, 1, text => Array.from(text).length),
  toupper: textual(1, 1, text => text.toUpperCase()),
  tolower: textual(1, 1, text => text.toLowerCase()),
  trim: textual(1, 2, (text, set) => trim(text, set, { left: true, right: true })),
  ltrim: textual(1, 2, (text, set) => trim(text, set, { left: true, right: false })),
  rtrim: textual(1, 2, (text, set) => trim(text, set, { left: false, right: true })),
  substr: textual(2, 3, (text, start, length) => {
    const from = Math.max(0, Math.trunc(Number(start)) || 0)
    return text.slice(from, length === undefined ? undefined : from + Math.max(0, Math.trunc(Number(length)) || 0))
  }),
  replace: textual(3, 3, (text, from, to) => (from === '' ? text : replaced(text, from ?? '', to ?? ''))),
  strcontains: textual(2, 2, (text, part) => flag(text.includes(part ?? ''))),
  frommillis: numeric(1, ms => ms),
  tomillis: numeric(1, ms => ms),
  now: { min: 0, max: 0, of: (_values, now) => Math.floor(now / 1000) },
}

function replaced(text: string, from: string, to: string): string {
  const parts = text.split(from)
  const length = text.length + (parts.length - 1) * (to.length - from.length)
  return length > MAX_TEXT ? text : parts.join(to)
}

/** A call of a function; undefined when there is none of that name that takes so many values. */
export function functionOf(name: string, parameters: Evaluate[], now: number): Evaluate | undefined {
  const entry = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
  if (!entry || parameters.length < entry.min || parameters.length > entry.max) return undefined
  const call = (row: Row) =>
    entry.of(
      parameters.map(parameter => parameter(row)),
      now,
    )
  if (name !== 'frommillis') return call
  return row => {
    const ms = numberOf(call(row))
    return ms === undefined ? undefined : { ms }
  }
}
