import { MOST_NESTED } from './refusals.ts'

const TEXT = 3
const LIST = 4
const MAP = 5
const TAG = 6
const SIMPLE = 7
const INDEFINITE = 31

type Head = { major: number; minor: number; argument: number; next: number }

/**
 * Whether bytes are one CBOR value that is neither nested without end nor longer than its bytes: the decoder believes
 * the lengths that it reads, and makes room for them.
 */
export function isSoundCbor(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  // Values still to come, innermost last; infinite within what ends by a break.
  const open = [1]
  let at = 0
  while (open.length > 0) {
    const left = open.length - 1
    if (open[left] === 0) {
      open.pop()
      continue
    }
    const head = readHead(view, at)
    if (!head || open.length > MOST_NESTED) return false
    at = head.next
    if (isBreak(head)) {
      if (open.pop() !== Number.POSITIVE_INFINITY) return false
      continue
    }
    open[left] = (open[left] ?? 0) - 1
    const room = bytes.length - at
    const inner = valuesWithin(head)
    if (inner === undefined) at += lengthOf(head)
    else if (inner !== Number.POSITIVE_INFINITY && inner > room) return false
    else open.push(inner)
    if (at > bytes.length) return false
  }
  return true
}

const isBreak = ({ major, minor }: Head) => major === SIMPLE && minor === INDEFINITE

/** @returns undefined for what holds no values */
function valuesWithin({ major, minor, argument }: Head): number | undefined {
  if (minor === INDEFINITE && major >= 2 && major <= MAP) return Number.POSITIVE_INFINITY
  if (major === LIST) return argument
  if (major === MAP) return argument * 2
  return major === TAG ? 1 : undefined
}

/** Bytes of a string. */
const lengthOf = ({ major, argument }: Head) => (major === 2 || major === TEXT ? argument : 0)

function readHead(view: DataView, at: number): Head | undefined {
  if (at >= view.byteLength) return undefined
  const first = view.getUint8(at)
  const head = { major: first >> 5, minor: first & 31, next: at + 1 }
  if (head.minor < 24 || head.minor === INDEFINITE) return { ...head, argument: head.minor }
  const size = 2 ** (head.minor - 24)
  if (head.minor > 27 || at + 1 + size > view.byteLength) return undefined
  return { ...head, argument: readArgument(view, at + 1, size), next: at + 1 + size }
}

function readArgument(view: DataView, at: number, size: number): number {
  if (size === 1) return view.getUint8(at)
  if (size === 2) return view.getUint16(at)
  return size === 4 ? view.getUint32(at) : Number(view.getBigUint64(at))
}
