import { connect, type Socket } from 'node:net'

export type RawResponse = { status: number; headers: Map<string, string>; body: Buffer }

export type Exchange = {
  /** The request was a HEAD: its response has no body whatever its headers say. */
  head?: boolean
  /** Milliseconds until the answer must be whole. */
  boundMs?: number
}

/** The answer did not come within its time. */
export class Hang extends Error {
  override readonly name = 'Hang'
}

/** The connection ended before the answer was whole. */
export class Cut extends Error {
  override readonly name = 'Cut'
}

/** One client connection that sends bytes as they are and reads HTTP/1.1 responses, one after the other. */
export type RawConnection = {
  exchange(request: Uint8Array | readonly Uint8Array[], how?: Exchange): Promise<RawResponse>
  /** What came unasked since the last exchange: a second answer, say. The connection is given up then. */
  stray(): string
  close(): void
}

type Waiting = {
  resolve(response: RawResponse): void
  reject(error: Error): void
  head: boolean
  timer: NodeJS.Timeout
}

const EMPTY = Buffer.alloc(0)
const HEAD_END = Buffer.from('\r\n\r\n')

/** Connects when something is sent, and again after the other side has closed. */
export function rawConnection(port: number, host = '127.0.0.1'): RawConnection {
  let socket: Socket | undefined
  let waiting: Waiting | undefined
  let pieces: Buffer[] = []
  let ended = false
  let stray = ''

  const finish = (act: (waiting: Waiting) => void) => {
    const current = waiting
    waiting = undefined
    pieces = []
    if (!current) return
    clearTimeout(current.timer)
    act(current)
  }
  const read = () => {
    if (!waiting) return
    const buffer = pieces.length === 1 ? (pieces[0] ?? EMPTY) : Buffer.concat(pieces)
    pieces = [buffer]
    try {
      const response = readResponse(buffer, waiting.head, ended)
      if (response === undefined) return
      if (response.headers.get('connection') === 'close') close()
      finish(({ resolve }) => resolve(response))
    } catch (error) {
      close()
      finish(({ reject }) => reject(error as Error)) // readResponse throws Cut alone
    }
  }
  const open = (): Socket => {
    const opened = connect({ port, host, noDelay: true })
    ended = false
    opened.on('data', (piece: Buffer) => {
      if (socket !== opened) return
      if (!waiting) {
        stray += piece.toString('latin1')
        close()
        return
      }
      pieces.push(piece)
      read()
    })
    opened.on('error', () => opened.destroy())
    opened.on('close', () => {
      if (socket !== opened) return
      socket = undefined
      ended = true
      read()
      finish(({ reject }) => reject(new Cut('The connection ended without a whole answer')))
    })
    return opened
  }
  function close(): void {
    const closing = socket
    socket = undefined
    closing?.destroy()
  }
  return {
    exchange(request, { head = false, boundMs = 30_000 } = {}) {
      return new Promise((resolve, reject) => {
        socket ??= open()
        const timer = setTimeout(() => {
          close()
          finish(() => reject(new Hang(`No answer after ${boundMs} ms`)))
        }, boundMs)
        waiting = { resolve, reject, head, timer }
        socket.cork()
        for (const piece of request instanceof Uint8Array ? [request] : request) socket.write(piece)
        socket.uncork()
      })
    },
    stray() {
      const came = stray
      stray = ''
      return came
    },
    close,
  }
}

/** The response at the beginning of the bytes, or undefined while more must come. Interim responses are skipped. */
function readResponse(bytes: Buffer, toHead: boolean, ended: boolean): RawResponse | undefined {
  const end = bytes.indexOf(HEAD_END)
  if (end < 0) return undefined
  const lines = bytes.toString('latin1', 0, end).split('\r\n')
  const status = Number(/^HTTP\/1\.1 (\d{3})(?: |$)/.exec(lines[0] ?? '')?.[1] ?? 0)
  if (status === 0) throw new Cut(`This is no HTTP response: ${lines[0]?.slice(0, 100)}`)
  const rest = bytes.subarray(end + 4)
  if (status < 200) return readResponse(rest, toHead, ended)
  const headers = new Map<string, string>()
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i] ?? ''
    const colon = line.indexOf(':')
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
  }
  const body = toHead || status === 204 || status === 304 ? EMPTY : bodyOf(headers, rest, ended)
  return body && { status, headers, body }
}

function bodyOf(headers: Map<string, string>, rest: Buffer, ended: boolean): Buffer | undefined {
  const length = headers.get('content-length')
  if (length !== undefined) return rest.length < Number(length) ? undefined : rest.subarray(0, Number(length))
  if (headers.get('transfer-encoding') === 'chunked') return unchunked(rest)
  return ended ? rest : undefined
}

function unchunked(rest: Buffer): Buffer | undefined {
  const chunks: Buffer[] = []
  for (let at = 0; ; ) {
    const end = rest.indexOf('\r\n', at)
    if (end < 0) return undefined
    const size = Number.parseInt(rest.toString('latin1', at, end), 16)
    if (Number.isNaN(size)) throw new Cut('A chunk of the response has no size')
    const next = end + 2 + size + 2
    if (rest.length < next) return undefined
    if (size === 0) return Buffer.concat(chunks)
    chunks.push(rest.subarray(end + 2, end + 2 + size))
    at = next
  }
}
