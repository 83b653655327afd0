/** A place between two events: right at the one that came as `seq`, among all by their timestamps. */
export type Position = { timestamp: number; seq: number }

const ID = /^3(\d{15})(\d{20})0{20}$/

const digits = (value: number, count: number) => String(value).padStart(count, '0')

/** An event's id: 56 digits that sort as the events do, as AWS's. */
export function eventIdOf({ timestamp, seq }: Position): string {
  return `3${digits(timestamp, 15)}${digits(seq, 20)}${'0'.repeat(20)}`
}

/** The position that an event's id tells; undefined when it is none of ours. */
export function positionOf(eventId: string): Position | undefined {
  const [, timestamp, seq] = ID.exec(eventId) ?? []
  if (timestamp === undefined || seq === undefined) return undefined
  const position = { timestamp: Number(timestamp), seq: Number(seq) }
  return Number.isSafeInteger(position.seq) ? position : undefined
}

export type Direction = 'f' | 'b'

/** GetLogEvents' tokens: `f/…/s` goes on towards newer events, `b/…/s` towards older ones. */
export function streamToken(direction: Direction, position: Position): string {
  return `${direction}/${eventIdOf(position)}/s`
}

export function parseStreamToken(token: string): { direction: Direction; position: Position } | undefined {
  const [, direction, id = ''] = /^([fb])\/(\d+)\/s$/.exec(token) ?? []
  const position = positionOf(id)
  if (!position) return undefined
  return { direction: direction === 'f' ? 'f' : 'b', position }
}
