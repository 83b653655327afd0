import { INSIDE_HEADER } from '../../durable-objects/shared/functions/contract.ts'
import type { Sent } from './addressed.ts'
import type { Peer } from './peer.ts'

/** A request's head with the word by which the Worker knows that it is the front who asks. */
export function proven(head: Buffer, inside: string | undefined): Buffer {
  if (inside === undefined) return head
  return Buffer.concat([head.subarray(0, -2), Buffer.from(`${INSIDE_HEADER}: ${inside}\r\n\r\n`, 'latin1')])
}

/** The port of the worker that a request is for, on this machine: at once, or when it listens. */
export type PortOf = (sent: Sent) => number | Promise<number>

export type ConnectionOptions = {
  portOf: PortOf
  peer: Peer
  mostBody: number
  /** By which the Worker knows that it is us who ask. */
  inside?: string | undefined
}
