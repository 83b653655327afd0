import { INSIDE_HEADER } from '../../durable-objects/shared/functions/contract.ts'
import type { Peer } from './peer.ts'

/** A request's head with the word by which the Worker knows that it is the front who asks. */
export function proven(head: Buffer, inside: string | undefined): Buffer {
  if (inside === undefined) return head
  return Buffer.concat([head.subarray(0, -2), Buffer.from(`${INSIDE_HEADER}: ${inside}\r\n\r\n`, 'latin1')])
}

export type ConnectionOptions = {
  /** Where the Worker listens, on this machine. */
  port: number
  peer: Peer
  mostBody: number
  /** By which the Worker knows that it is us who ask. */
  inside?: string | undefined
}
