import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { Malformed } from './malformed.ts'
import { type MessageReader, phaseOf } from './messages.ts'
import type { ConnectionOptions } from './proof.ts'

/** A request whose response is not complete. */
export type Exchange = {
  head: boolean
  upgrade: boolean
  /** The connection ends with it. */
  close: boolean
  /** It waits for `100 Continue` behind an earlier one. */
  waits: boolean
  answering: boolean
  chunkedHead: Buffer | undefined
}

/** Whoever asks: a socket, or what stands for one. */
export type Client = Duplex & { setTimeout(ms: number, onTimeout?: () => void): unknown }

export type Connection = ConnectionOptions & {
  client: Client
  /** Of the worker whose turn it is. */
  port: number
  /** Connections to workers by their ports; those whose turn it is not are idle. */
  workers: Map<number, Socket>
  /** The next request waits for its worker to listen. */
  starting: boolean
  requests: MessageReader
  /** Oldest first. */
  exchanges: Exchange[]
  /** After a switch of protocols bytes are bytes. */
  tunnel: boolean
  headTimer: NodeJS.Timeout | undefined
  /** What is said once all that came before has been answered. */
  refusal: Malformed | undefined
}

/** The requests are whole, and the answer is the Worker's to give. */
export function isWaiting({ exchanges, requests, starting }: Connection): boolean {
  return starting || (exchanges.length > 0 && phaseOf(requests) !== 'body')
}

export const workerOf = ({ workers, port }: Connection) => workers.get(port)

/**
 * Turns to the worker that a request is for, unless that has to wait: until another's answers are whole, or until it
 * listens.
 * @param goOn is told of the latter
 */
export function turnTo(
  connection: Connection,
  port: number | Promise<number>,
  goOn: (failure?: Malformed) => void,
): boolean {
  if (typeof port === 'number') {
    if (port !== connection.port && connection.exchanges.length > 0) return false
    connection.port = port
    return true
  }
  const end = (failure?: Malformed) => {
    connection.starting = false
    if (!connection.client.destroyed) goOn(failure)
  }
  connection.starting = true
  port.then(
    () => end(),
    () => end(new Malformed('the emulator could not start the worker of this namespace', 503)),
  )
  return false
}
