import { type RawResponse, rawConnection } from '../processes/raw-http.ts'
import { percentile } from './figures.ts'

/** Makes the n-th request. */
export type Source = (n: number) => Uint8Array

/** Throws on what no benchmark may count. */
export function checked({ status, body }: RawResponse): RawResponse {
  if (status >= 300) throw new Error(`${status}: ${body.toString().slice(0, 300)}`)
  return body.includes('"Failed":[{')
    ? checked({ status: 400, headers: new Map(), body })
    : { status, headers: new Map(), body }
}

/** Sends requests over some connections at once, one after the other on each. @returns how many per second */
export async function rateOf(
  port: number,
  source: Source,
  { ms, connections = 16 }: { ms: number; connections?: number },
): Promise<number> {
  let count = 0
  const started = performance.now()
  const work = async () => {
    const connection = rawConnection(port)
    while (performance.now() - started < ms) checked(await connection.exchange(source(count++)))
    connection.close()
  }
  await Promise.all(Array.from({ length: connections }, work))
  return (count * 1000) / (performance.now() - started)
}

/** Sends that many requests as fast as it goes. @returns milliseconds in all */
export async function sendAll(port: number, count: number, source: Source, connections = 16): Promise<number> {
  let next = 0
  const started = performance.now()
  const work = async () => {
    const connection = rawConnection(port)
    while (next < count) checked(await connection.exchange(source(next++), { boundMs: 120_000 }))
    connection.close()
  }
  await Promise.all(Array.from({ length: connections }, work))
  return performance.now() - started
}

/** One after the other on one connection. @returns milliseconds of each */
export async function latencies(port: number, count: number, source: Source): Promise<number[]> {
  const connection = rawConnection(port)
  const times: number[] = []
  for (let n = 0; n < count; n++) {
    const bytes = source(n)
    const started = performance.now()
    checked(await connection.exchange(bytes, { boundMs: 120_000 }))
    times.push(performance.now() - started)
  }
  connection.close()
  return times
}

/** One request and its answer. */
export async function ask(port: number, bytes: Uint8Array): Promise<RawResponse> {
  const connection = rawConnection(port)
  const response = checked(await connection.exchange(bytes, { boundMs: 120_000 }))
  connection.close()
  return response
}

const ROUNDS = 7
const ROUND_MS = 900

export type Paired = { ratio: number; own: number; bare: number }

/** Both in turn, so that whatever else the machine does hits both: the median of the rounds' ratios, and both rates. */
export async function paired(own: () => Promise<number>, bare: () => Promise<number>): Promise<Paired> {
  await own()
  await bare()
  const rounds: Paired[] = []
  for (let i = 0; i < ROUNDS; i++) {
    const [first, second] = i % 2 === 0 ? [await own(), await bare()] : [await bare(), await own()].reverse()
    rounds.push({ own: first ?? 0, bare: second ?? 0, ratio: (first ?? 0) / (second ?? 1) })
  }
  const median = (of: (round: Paired) => number) => percentile(rounds.map(of))
  return { ratio: median(each => each.ratio), own: median(each => each.own), bare: median(each => each.bare) }
}

export const inRound = (port: number, source: Source) => () => rateOf(port, source, { ms: ROUND_MS })
