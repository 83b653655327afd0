import type { Aggregate } from './aggregates.ts'
import { type Column, type Command, MAX_ROWS, type Query } from './commands.ts'
import { fieldOf, type Row } from './rows.ts'
import { compare, textOf, truth } from './values.ts'

/** A row of results as GetQueryResults shows it. */
export type Result = { field: string; value: string }[]

/** A query that is running: it is shown events, newest first. */
export type Pipeline = {
  push(row: Row): void
  /** No further event can change the results. */
  full(): boolean
  end(): Result[]
  /** How much work a character of an event may be. */
  weight: number
  /** Events that passed the filters. */
  matched(): number
}

type Sink = { push(row: Row): void; end(): void; full(): boolean }

/** Groups of a `stats`, and rows of a `dedup`, that are told apart. */
const MAX_GROUPS = 100_000

/** Commands that look at one event at a time: those that pass all of them have matched. */
const SINGLE: readonly Command['kind'][] = ['fields', 'display', 'filter', 'parse']

/** @param limit rows of results, where the query itself does not say */
export function pipelineOf({ commands, weight }: Query, limit: number): Pipeline {
  const results: Row[] = []
  const most = commands.some(({ kind }) => kind === 'limit') ? MAX_ROWS : limit
  const last: Sink = {
    push: row => void (results.length < most && results.push(row)),
    end: () => {},
    full: () => results.length >= most,
  }
  const boundary = commands.findIndex(({ kind }) => !SINGLE.includes(kind))
  const stages = commands.map(
    (command, index) => (sink: Sink) => stageOf(command, sink, keptBehind(commands, index, limit)),
  )
  const build = (from: number, to: number, sink: Sink) =>
    stages.slice(from, to).reduceRight((next, stage) => stage(next), sink)
  let matched = 0
  const head = boundary < 0 ? commands.length : boundary
  const first = build(
    0,
    head,
    counting(build(head, commands.length, last), () => (matched += 1)),
  )
  const columns = columnsOf(commands)
  return {
    weight,
    push: row => first.push(row),
    full: () => first.full(),
    end: () => {
      first.end()
      return results.map(row => resultOf(row, columns))
    },
    matched: () => matched,
  }
}

function counting(sink: Sink, count: () => void): Sink {
  const push = (row: Row) => {
    count()
    sink.push(row)
  }
  return { ...sink, push }
}

/** How many rows a sort needs to keep: commands behind it that drop rows want all of them. */
function keptBehind(commands: Command[], index: number, limit: number): number {
  for (const { kind, ...command } of commands.slice(index + 1)) {
    if (kind === 'limit' && 'count' in command) return command.count
    if (kind !== 'fields' && kind !== 'display' && kind !== 'parse') return MAX_ROWS
  }
  return limit
}

function stageOf(command: Command, next: Sink, kept: number): Sink {
  switch (command.kind) {
    case 'fields':
    case 'display':
      return passing(next, row => evaluateColumns(row, command.columns))
    case 'parse':
      return passing(next, row => {
        const found = command.extract(row)
        for (const name of command.names) row.values.set(name, found?.[name])
        return true
      })
    case 'filter':
      return passing(next, row => truth(command.holds(row)))
    case 'stats':
      return grouping(command, next)
    case 'sort':
      return sorting(command.keys, next, kept)
    case 'limit':
      return limiting(command.count, next)
    case 'dedup':
      return deduplicating(command.by, next)
  }
}

function passing(next: Sink, pass: (row: Row) => boolean): Sink {
  return { ...next, push: row => void (pass(row) && next.push(row)) }
}

function evaluateColumns(row: Row, columns: readonly Column[]): true {
  for (const { name, evaluate } of columns) {
    const value = evaluate(row)
    // A field under its own name stays where it is.
    if (value !== undefined && fieldOf(row, name) !== value) row.values.set(name, value)
  }
  return true
}

function limiting(count: number, next: Sink): Sink {
  let passed = 0
  const push = (row: Row) => {
    if (passed >= count) return
    passed += 1
    next.push(row)
  }
  return { push, end: () => next.end(), full: () => passed >= count || next.full() }
}

function keyOf(row: Row, by: readonly ((row: Row) => ReturnType<typeof fieldOf>)[]): string {
  return JSON.stringify(by.map(evaluate => evaluate(row) ?? null))
}

function deduplicating(by: readonly ((row: Row) => ReturnType<typeof fieldOf>)[], next: Sink): Sink {
  const seen = new Set<string>()
  return passing(next, row => {
    const key = keyOf(row, by)
    return seen.size < MAX_GROUPS && seen.size !== seen.add(key).size
  })
}

function sorting(keys: (Command & { kind: 'sort' })['keys'], next: Sink, kept: number): Sink {
  let rows: { row: Row; keys: ReturnType<typeof fieldOf>[] }[] = []
  const order = (left: (typeof rows)[number], right: (typeof rows)[number]) => {
    for (const [index, { descending }] of keys.entries()) {
      const difference = compare(left.keys[index], right.keys[index])
      if (difference !== 0) return descending ? -difference : difference
    }
    return 0
  }
  const push = (row: Row) => {
    rows.push({ row, keys: keys.map(({ evaluate }) => evaluate(row)) })
    if (rows.length > kept * 2 + 1000) rows = rows.sort(order).slice(0, kept)
  }
  const end = () => {
    for (const { row } of rows.sort(order)) next.push(row)
    next.end()
  }
  return { push, end, full: () => false }
}

type Group = { by: Map<string, ReturnType<typeof fieldOf>>; aggregates: Aggregate[] }

function grouping({ aggregates, by, columns }: Command & { kind: 'stats' }, next: Sink): Sink {
  const groups = new Map<string, Group>()
  const start = (row: Row): Group => ({
    by: new Map(by.map(({ name, evaluate }) => [name, evaluate(row)])),
    aggregates: aggregates.map(make => make()),
  })
  if (by.length === 0) groups.set('[]', { by: new Map(), aggregates: aggregates.map(make => make()) })
  const evaluators = by.map(({ evaluate }) => evaluate)
  const push = (row: Row) => {
    const key = keyOf(row, evaluators)
    const group = groups.get(key) ?? start(row)
    if (groups.size < MAX_GROUPS || groups.has(key)) groups.set(key, group)
    for (const aggregate of group.aggregates) aggregate.add(row)
  }
  const end = () => {
    for (const group of groups.values()) {
      const row: Row = { values: new Map(group.by), results: group.aggregates.map(each => each.value()) }
      for (const { name, evaluate } of columns) row.values.set(name, evaluate(row))
      next.push(row)
    }
    next.end()
  }
  return { push, end, full: () => false }
}

/** The columns that results show: those of the last `display`, or of all `fields` and `parse`; those of `stats`. */
function columnsOf(commands: Command[]): string[] {
  let columns: string[] = []
  let [shown, displayed] = [false, false]
  for (const command of commands) {
    if (command.kind === 'stats') columns = [...command.by, ...command.columns].map(({ name }) => name)
    if (command.kind === 'display') columns = command.columns.map(({ name }) => name)
    if (command.kind === 'fields' && !displayed) columns.push(...command.columns.map(({ name }) => name))
    if (command.kind === 'parse' && !displayed) columns.push(...command.names)
    shown ||= command.kind === 'fields' || command.kind === 'stats' || command.kind === 'display'
    displayed ||= command.kind === 'display'
  }
  return [...new Set(shown ? columns : ['@timestamp', '@message', ...columns])]
}

function resultOf(row: Row, columns: string[]): Result {
  const values = columns.map(field => ({ field, value: fieldOf(row, field) }))
  const result = values.flatMap(({ field, value }) => (value === undefined ? [] : [{ field, value: textOf(value) }]))
  return row.event ? [...result, { field: '@ptr', value: row.event.pointer }] : result
}
