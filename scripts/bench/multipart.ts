import { memoryOf } from '../processes/memory.ts'
import { ask } from './load.ts'
import { download, upload, watchMemory } from './objects.ts'
import type { Part } from './part.ts'
import { s3 } from './requests.ts'

const MEBIBYTE = 2 ** 20
const PART = 64 * MEBIBYTE
const PARTS = { usual: 8, big: 80 }
const FLAT_MIB = 64

/** One object of many parts, 5 GiB with `--big`. */
export const multipart: Part = async ({ emulator, big, say }) => {
  const { port, pid } = emulator
  const count = big ? PARTS.big : PARTS.usual
  await ask(port, s3('PUT', '/multipart'))
  const begun = (await ask(port, s3('POST', '/multipart/object?uploads'))).body.toString()
  const id = /<UploadId>([^<]+)/.exec(begun)?.[1] ?? ''
  await upload(port, `/multipart/object?partNumber=1&uploadId=${id}`, PART)
  const before = memoryOf(pid).resident
  const watch = watchMemory(pid)
  const started = performance.now()
  for (let n = 2; n <= count; n++) await upload(port, `/multipart/object?partNumber=${n}&uploadId=${id}`, PART)
  const listed = (await ask(port, s3('GET', `/multipart/object?uploadId=${id}`))).body.toString()
  const etags = [...listed.matchAll(/<ETag>([^<]+)<\/ETag>/g)].map(([, etag]) => etag)
  const parts = etags.map((etag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${etag}</ETag></Part>`)
  const whole = `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`
  await ask(port, s3('POST', `/multipart/object?uploadId=${id}`, whole))
  const seconds = (performance.now() - started) / 1000
  const down = await download(port, '/multipart/object')
  const size = `${(count * PART) / 2 ** 30} GiB`
  say({
    name: `S3 multipart upload of ${size}`,
    aim: undefined,
    measured: ((count - 1) * PART) / 1e6 / seconds,
    unit: 'MB/s',
  })
  say({ name: `S3 download of ${size}`, aim: undefined, measured: down, unit: 'MB/s' })
  const grown = (watch.stop() - before) / MEBIBYTE
  say({ name: `S3 object of ${size}: memory over that before`, aim: { most: FLAT_MIB }, measured: grown, unit: 'MiB' })
  await ask(port, s3('DELETE', '/multipart/object'))
}
