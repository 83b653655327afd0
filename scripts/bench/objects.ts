import { request as httpRequest } from 'node:http'
import { memoryOf } from '../processes/memory.ts'
import { percentile } from './figures.ts'
import { ask, inRound, latencies, paired } from './load.ts'
import type { Bench, Part } from './part.ts'
import { bareInsert } from './queues.ts'
import { s3 } from './requests.ts'

const MEBIBYTE = 2 ** 20
const KILOBYTE = Buffer.alloc(1024, 'x')
const LARGE = 64 * MEBIBYTE
/** What memory may differ by and be called flat. */
const FLAT_MIB = 64

/** Small objects against the bare insert; large ones by their bytes a second and what memory they take on their way. */
export const objects: Part = async bench => {
  const { emulator, barePort, say } = bench
  const { port } = emulator
  await ask(port, s3('PUT', '/bench'))
  const bare = inRound(barePort, () => bareInsert)
  const put = await paired(
    inRound(port, n => s3('PUT', `/bench/small-${n % 1000}`, KILOBYTE)),
    bare,
  )
  const rates = ({ own, bare: other }: typeof put) => `${Math.round(own)}/s, bare ${Math.round(other)}/s`
  say({
    name: 'S3 PUT of 1 KB, of the bare rate',
    aim: { least: 55 },
    measured: put.ratio * 100,
    unit: '%',
    note: rates(put),
  })
  const get = await paired(
    inRound(port, n => s3('GET', `/bench/small-${n % 100}`)),
    bare,
  )
  say({
    name: 'S3 GET of 1 KB, of the bare rate',
    aim: { least: 65 },
    measured: get.ratio * 100,
    unit: '%',
    note: rates(get),
  })
  const times = await latencies(port, 300, n => s3('PUT', `/bench/one-${n}`, KILOBYTE))
  say({ name: 'S3 PUT of 1 KB, one after the other, p50', aim: undefined, measured: percentile(times), unit: 'ms' })
  await large(bench)
}

async function large({ emulator, say }: Bench): Promise<void> {
  const speeds = { up: [] as number[], down: [] as number[] }
  await upload(emulator.port, '/bench/large', LARGE)
  const before = memoryOf(emulator.pid).resident
  const watch = watchMemory(emulator.pid)
  for (let i = 0; i < 5; i++) {
    speeds.up.push(await upload(emulator.port, '/bench/large', LARGE))
    speeds.down.push(await download(emulator.port, '/bench/large'))
  }
  const most = watch.stop()
  say({ name: 'S3 object of 64 MB up', aim: { least: 150 }, measured: percentile(speeds.up), unit: 'MB/s' })
  say({ name: 'S3 object of 64 MB down', aim: { least: 300 }, measured: percentile(speeds.down), unit: 'MB/s' })
  const name = 'S3 objects of 64 MB: memory over that before'
  say({ name, aim: { most: FLAT_MIB }, measured: (most - before) / MEBIBYTE, unit: 'MiB' })
}

/** Memory of all processes, looked at all the time. */
export function watchMemory(pid: number): { stop(): number } {
  let most = 0
  const look = () => {
    most = Math.max(most, memoryOf(pid).resident)
  }
  look()
  const timer = setInterval(look, 100)
  return {
    stop() {
      clearInterval(timer)
      look()
      return most
    },
  }
}

const PIECE = Buffer.alloc(256 * 1024, 'y')
const HEADERS = {
  authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
  'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
}

/** Streams that many bytes. @returns megabytes a second */
export function upload(port: number, path: string, bytes: number): Promise<number> {
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const headers = { ...HEADERS, 'content-length': bytes }
    const sent = httpRequest({ port, host: '127.0.0.1', method: 'PUT', path, headers }, response => {
      response.resume()
      response.on('end', () => {
        if (response.statusCode === 200) resolve(speedOf(bytes, started))
        else reject(new Error(`PUT ${path}: ${response.statusCode}`))
      })
    })
    sent.on('error', reject)
    let left = bytes
    const write = () => {
      while (left > 0) {
        const piece = left >= PIECE.length ? PIECE : PIECE.subarray(0, left)
        left -= piece.length
        if (!sent.write(piece)) return
      }
      sent.end()
    }
    sent.on('drain', write)
    write()
  })
}

export function download(port: number, path: string): Promise<number> {
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const asked = httpRequest({ port, host: '127.0.0.1', path, headers: HEADERS }, response => {
      let bytes = 0
      response.on('data', (piece: Buffer) => {
        bytes += piece.length
      })
      response.on('end', () => resolve(speedOf(bytes, started)))
    })
    asked.on('error', reject)
    asked.end()
  })
}

const speedOf = (bytes: number, started: number) => bytes / 1000 / (performance.now() - started)
