import type { Duplex } from 'node:stream'

/** How long a refused client may go on sending, so that it gets to read why. */
const LINGER_MS = 2000

/** Ends our side and reads on for a moment: closing on unread bytes would reset the connection under our answer. */
export function linger(client: Duplex): void {
  client.removeAllListeners('data')
  client.end()
  client.resume()
  const timer = setTimeout(() => client.destroy(), LINGER_MS)
  client.once('close', () => clearTimeout(timer))
}
