import type { In } from '../../../../aws/models/cloudwatch.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { alarmName, definitionOf } from './alarm-rows.ts'
import { validationError } from '../refusals.ts'
import type { AlarmRow, StateValue } from '../schema.ts'

/** An AlarmRule, read. */
export type Rule =
  | { kind: 'state'; state: StateValue; alarm: string }
  | { kind: 'constant'; value: boolean }
  | { kind: 'not'; of: Rule }
  | { kind: 'and' | 'or'; parts: Rule[] }
  | { kind: 'least'; count: number; percent: boolean; state: StateValue; negated: boolean; alarms: string[] }

const STATES: readonly StateValue[] = ['ALARM', 'OK', 'INSUFFICIENT_DATA']
const TOKEN = /\s*(?:("(?:[^"\\]|\\.)*")|([(),])|([^\s(),"]+))/y
const DEEPEST = 100

type State = { tokens: string[]; at: number; depth: number }

const refusal = (what: string) =>
  validationError(`AlarmRule must not contain leading or trailing whitespace or be null. ${what}`)

/**
 * Reads a rule: `ALARM("a") AND NOT (OK(b) OR INSUFFICIENT_DATA(c))`, `AT_LEAST(2, ALARM, (a, b, c))`.
 * @throws ValidationError
 */
export function readRule(text: string): Rule {
  if (text.trim() !== text || text === '') throw refusal('')
  const state: State = { tokens: tokensOf(text), at: 0, depth: 0 }
  const rule = either(state)
  const rest = peek(state)
  if (rest !== undefined) throw invalidRule(`unexpected ${rest}`)
  return rule
}

const invalidRule = (what: string) => validationError(`AlarmRule is invalid: ${what}.`)

function tokensOf(text: string): string[] {
  const tokens: string[] = []
  const pattern = new RegExp(TOKEN)
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text)
    if (!match) throw invalidRule('a quotation mark is not closed')
    tokens.push(match[1] ?? match[2] ?? match[3] ?? '')
  }
  return tokens
}

const peek = ({ tokens, at }: State) => tokens[at]

function take(state: State, wanted?: string): string {
  const token = peek(state)
  if (token === undefined) throw invalidRule(`it ends before ${wanted ?? 'it is complete'}`)
  if (wanted !== undefined && token.toUpperCase() !== wanted) throw invalidRule(`expected ${wanted} before ${token}`)
  state.at += 1
  return token
}

const isNext = (state: State, word: string) => peek(state)?.toUpperCase() === word

function either(state: State): Rule {
  const parts = [both(state)]
  while (isNext(state, 'OR')) {
    state.at += 1
    parts.push(both(state))
  }
  return parts.length === 1 && parts[0] ? parts[0] : { kind: 'or', parts }
}

function both(state: State): Rule {
  const parts = [one(state)]
  while (isNext(state, 'AND')) {
    state.at += 1
    parts.push(one(state))
  }
  return parts.length === 1 && parts[0] ? parts[0] : { kind: 'and', parts }
}

function one(state: State): Rule {
  state.depth += 1
  if (state.depth > DEEPEST) throw invalidRule('it is nested too deeply')
  const rule = primary(state)
  state.depth -= 1
  return rule
}

function primary(state: State): Rule {
  const word = take(state).toUpperCase()
  if (word === 'NOT') return { kind: 'not', of: one(state) }
  if (word === 'TRUE' || word === 'FALSE') return { kind: 'constant', value: word === 'TRUE' }
  if (word === 'AT_LEAST') return least(state)
  if (word === '(') {
    const rule = either(state)
    take(state, ')')
    return rule
  }
  const named = STATES.find(each => each === word)
  if (!named) throw invalidRule(`unexpected ${word}`)
  take(state, '(')
  const alarm = nameIn(take(state))
  take(state, ')')
  return { kind: 'state', state: named, alarm }
}

/** `AT_LEAST(2, ALARM, (a, b))`, `AT_LEAST(50%, NOT OK, (a, b))` */
function least(state: State): Rule {
  take(state, '(')
  const count = take(state)
  const number = /^(\d+)(%?)$/.exec(count)
  if (!number) throw invalidRule(`${count} is not a number`)
  take(state, ',')
  const negated = isNext(state, 'NOT')
  if (negated) state.at += 1
  const word = take(state).toUpperCase()
  const named = STATES.find(each => each === word)
  if (!named) throw invalidRule(`${word} is not a state`)
  take(state, ',')
  take(state, '(')
  const alarms = [nameIn(take(state))]
  while (peek(state) === ',') {
    state.at += 1
    alarms.push(nameIn(take(state)))
  }
  take(state, ')')
  take(state, ')')
  return { kind: 'least', count: Number(number[1]), percent: number[2] === '%', state: named, negated, alarms }
}

/** In quotes or not, a name or an ARN. */
function nameIn(token: string): string {
  const text = token.startsWith('"') ? token.slice(1, -1).replace(/\\(.)/g, '$1') : token
  if (text === '' || text === '(' || text === ')' || text === ',') throw invalidRule('an alarm has no name')
  return alarmName(text)
}

export function isTrue(rule: Rule, stateOf: (alarm: string) => StateValue | undefined): boolean {
  switch (rule.kind) {
    case 'constant':
      return rule.value
    case 'state':
      return stateOf(rule.alarm) === rule.state
    case 'not':
      return !isTrue(rule.of, stateOf)
    case 'and':
      return rule.parts.every(part => isTrue(part, stateOf))
    case 'or':
      return rule.parts.some(part => isTrue(part, stateOf))
    default: {
      const holding = rule.alarms.filter(alarm => (stateOf(alarm) === rule.state) !== rule.negated).length
      return holding >= (rule.percent ? (rule.count / 100) * rule.alarms.length : rule.count)
    }
  }
}

/** The alarms that a rule names. */
export function alarmsOf(rule: Rule): string[] {
  switch (rule.kind) {
    case 'state':
      return [rule.alarm]
    case 'not':
      return alarmsOf(rule.of)
    case 'and':
    case 'or':
      return rule.parts.flatMap(alarmsOf)
    case 'least':
      return rule.alarms
    default:
      return []
  }
}

/** The composite alarms whose rules name an alarm. */
export function rulesOn(ctx: Ctx, name: string): AlarmRow[] {
  return ctx.sql
    .all<AlarmRow>(`SELECT * FROM cloudwatch_alarms WHERE type = 'CompositeAlarm' ORDER BY name`)
    .filter(row => alarmsOf(readRule(definitionOf<In<'PutCompositeAlarm'>>(row).AlarmRule)).includes(name))
}
