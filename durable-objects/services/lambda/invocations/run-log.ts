import type { LogLine, Outcome } from '../../../shared/functions/contract.ts'
import { endLines, type LogEvent, type LogFacts, startLines } from './invocation-log.ts'

/** The log of a run as it goes: little of it is held, and what is can soon be read. */
export type RunLog = {
  /** The run begins, if it has not. */
  begin(): void
  line(line: LogLine): void
  /** Writes what is held. */
  flush(): void
  /** Takes the last lines: gives what is still to be written, and the last 4 KB of the whole. */
  end(outcome: Outcome, endedAt: number): { events: LogEvent[]; tail: string }
  /** Nothing more is written. */
  drop(): void
}

export type RunLogOptions = {
  facts: LogFacts
  /** Real epoch milliseconds. */
  startedAt: number
  /** From real time, which the sandbox knows, to the namespace's clock, in milliseconds. */
  shiftMs: () => number
  write: (events: LogEvent[]) => void
}

/** So much is held, in characters, and for so long: most runs are over before. */
const MOST_HELD = 128 * 1024
const HELD_MS = 500
/** An event of CloudWatch Logs has no more. */
const LONGEST_EVENT = 256_000
const TAIL_BYTES = 4096

export function runLog({ facts, startedAt, shiftMs, write }: RunLogOptions): RunLog {
  let held: LogEvent[] = []
  let size = 0
  let last = 0
  let tail = ''
  let begun = false
  let timer: ReturnType<typeof setTimeout> | undefined
  const add = (at: number, text: string) => {
    const line = text.endsWith('\n') ? text : `${text}\n`
    const message = line.slice(0, LONGEST_EVENT)
    last = Math.max(at + shiftMs(), last)
    held.push({ timestamp: last, message })
    size += message.length
    tail = (tail + message).slice(-TAIL_BYTES)
  }
  const take = (): LogEvent[] => {
    clearTimeout(timer)
    timer = undefined
    const events = held
    held = []
    size = 0
    return events
  }
  const flush = () => {
    const events = take()
    if (events.length > 0) write(events)
  }
  const begin = (at = startedAt) => {
    if (begun) return
    begun = true
    for (const message of startLines(facts, startedAt)) add(Math.min(startedAt, at), message)
    timer = setTimeout(flush, HELD_MS)
  }
  return {
    begin,
    flush,
    line({ time, message }) {
      begin(time)
      add(time, message)
      if (size >= MOST_HELD) flush()
      else timer ??= setTimeout(flush, HELD_MS)
    },
    end(outcome, endedAt) {
      begin()
      for (const message of endLines(facts, outcome, { startedAt, endedAt })) add(endedAt, message)
      return { events: take(), tail: lastBytes(tail) }
    },
    drop: () => void take(),
  }
}

function lastBytes(text: string): string {
  const bytes = new TextEncoder().encode(text)
  return bytes.byteLength <= TAIL_BYTES ? text : new TextDecoder().decode(bytes.subarray(-TAIL_BYTES))
}
