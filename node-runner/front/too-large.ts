import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { linger } from './linger.ts'

/** A body that is longer than may be: for the Worker to refuse, who knows in which words. */
export class TooLarge extends Error {}

/** Passes on what the Worker says to a request whose chunks became too many, and ends the connection. */
export function refuseTooLarge(client: Duplex, port: number, head: Buffer): void {
  client.removeAllListeners('data')
  client.resume()
  const worker = connect({ host: '127.0.0.1', port, noDelay: true }, () => worker.write(withoutBody(head)))
  worker.on('data', piece => client.write(piece))
  worker.on('error', () => client.destroy())
  worker.on('end', () => linger(client))
  client.once('close', () => worker.destroy())
}

/** The same request with no body, and the word that it had too much of one. */
function withoutBody(head: Buffer): Buffer {
  const lines = head.toString('latin1').split('\r\n').slice(0, -2)
  const kept = lines.filter(line => !/^(?:transfer-encoding|connection|trailer|te):/i.test(line))
  const added = ['content-length: 0', 'connection: close', 'x-fakecloud-too-large: 1']
  return Buffer.from([...kept, ...added, '', ''].join('\r\n'), 'latin1')
}
