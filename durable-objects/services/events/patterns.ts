import type { In, Out } from '../../../aws/models/events.types.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import { InvalidPattern, mismatch, type Pattern, readPattern } from '../../shared/pattern.ts'
import { isTooDeep } from './nesting.ts'
import { invalid, invalidPattern } from './refusals.ts'

/** Patterns that an object keeps ready to match. */
const KEPT = 1000

/** @throws AwsError InvalidEventPatternException */
export function readEventPattern(ctx: Ctx, text: string): Pattern {
  const kept = ctx.memory<Map<string, Pattern>>('events.patterns', () => new Map())
  const found = kept.get(text)
  if (found) return found
  const pattern = read(text)
  if (kept.size >= KEPT) kept.clear()
  kept.set(text, pattern)
  return pattern
}

function read(text: string): Pattern {
  try {
    return readPattern(text)
  } catch (error) {
    if (error instanceof InvalidPattern) throw invalidPattern(error.message)
    throw error
  }
}

/** What an event must have to be tested. */
const WANTED = ['id', 'account', 'source', 'time', 'region', 'resources', 'detail-type']

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TestEventPattern.html */
export function TestEventPattern(ctx: Ctx, input: In<'TestEventPattern'>): Out<'TestEventPattern'> {
  const pattern = readEventPattern(ctx, input.EventPattern)
  const event = parsed(input.Event)
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    throw invalid('Parameter Event is not valid. Reason: Event is not valid JSON.')
  }
  const missing = WANTED.find(name => !Object.hasOwn(event, name))
  if (missing !== undefined) throw invalid(`Parameter Event is not valid. Reason: ${missing} is a required argument.`)
  return { Result: mismatch(pattern, event) === undefined }
}

function parsed(text: string): unknown {
  if (isTooDeep(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
