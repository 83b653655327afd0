import { type Scanner, take, unexpected } from './scanner.ts'

/** A condition on a log event, read once and asked for every event. */
export type Condition<Subject> = (subject: Subject) => boolean

/** `a && b || (c && d)`: `&&` binds closer than `||`. What a single condition is, the caller reads. */
export function readCondition<Subject>(
  scanner: Scanner,
  readSingle: (scanner: Scanner) => Condition<Subject>,
): Condition<Subject> {
  const alternatives = [readAll(scanner, readSingle)]
  while (take(scanner, '||')) alternatives.push(readAll(scanner, readSingle))
  const [only] = alternatives
  if (only && alternatives.length === 1) return only
  return subject => alternatives.some(condition => condition(subject))
}

function readAll<Subject>(scanner: Scanner, readSingle: (scanner: Scanner) => Condition<Subject>): Condition<Subject> {
  const conditions = [readUnit(scanner, readSingle)]
  while (take(scanner, '&&')) conditions.push(readUnit(scanner, readSingle))
  const [only] = conditions
  if (only && conditions.length === 1) return only
  return subject => conditions.every(condition => condition(subject))
}

function readUnit<Subject>(scanner: Scanner, readSingle: (scanner: Scanner) => Condition<Subject>): Condition<Subject> {
  if (!take(scanner, '(')) return readSingle(scanner)
  const inner = readCondition(scanner, readSingle)
  if (!take(scanner, ')')) throw unexpected(scanner)
  return inner
}
