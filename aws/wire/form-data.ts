import { AwsError } from '../errors.ts'

/** A browser's form up to its file: the fields before it, by the names as sent, and the file's bytes as they come. */
export type FormData = { fields: [string, string][]; file: FormFile | undefined }

export type FormFile = { name: string | undefined; content: ReadableStream<Uint8Array> }

/** Bytes of fields before the file. */
const MOST_BEFORE_FILE = 20_480

export const malformedPost = () =>
  new AwsError('MalformedPOSTRequest', 'The body of your POST request is not well-formed multipart/form-data.', 400)

function tooMuchBeforeFile(): AwsError {
  const message = 'Your POST request fields preceeding the upload file was too large.'
  const fields = { MaxPostPreDataLengthBytes: MOST_BEFORE_FILE }
  return new AwsError('MaxPostPreDataLengthExceeded', message, 400, fields)
}

/** The boundary of a `multipart/form-data` type. */
export function boundaryOf(contentType: string): string | undefined {
  const found = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType)
  return found?.[1] ?? found?.[2]
}

/** What has been read of a body and not yet been taken. */
type Source = { reader: ReadableStreamDefaultReader<Uint8Array>; rest: Buffer; ended: boolean }

/**
 * Reads a form as far as its file, whose content is still to be read then; fields behind it count for nothing.
 * https://www.rfc-editor.org/rfc/rfc7578
 * @throws AwsError MalformedPOSTRequest, MaxPostPreDataLengthExceeded
 */
export async function readFormData(body: ReadableStream<Uint8Array>, boundary: string): Promise<FormData> {
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  // The first delimiter begins the body, as others begin a line.
  const source: Source = { reader: body.getReader(), rest: Buffer.from('\r\n'), ended: false }
  try {
    return await readFields(source, delimiter)
  } catch (error) {
    await letGo(source)
    throw error
  }
}

async function readFields(source: Source, delimiter: Buffer): Promise<FormData> {
  const fields: [string, string][] = []
  let taken = (await take(source, delimiter, MOST_BEFORE_FILE)).length
  for (;;) {
    const padding = await take(source, Buffer.from('\r\n'), MOST_BEFORE_FILE - taken)
    if (padding.toString().startsWith('--')) {
      await letGo(source)
      return { fields, file: undefined }
    }
    const head = await take(source, Buffer.from('\r\n\r\n'), MOST_BEFORE_FILE - taken, '\r\n')
    const { name, fileName } = dispositionOf(head.toString())
    if (name.toLowerCase() === 'file') return { fields, file: { name: fileName, content: upTo(source, delimiter) } }
    const value = await take(source, delimiter, MOST_BEFORE_FILE - taken)
    taken += value.length
    fields.push([name, value.toString()])
  }
}

/** Reads what is left, for the sake of the connection. */
async function letGo(source: Source): Promise<void> {
  while (!source.ended) {
    source.rest = Buffer.alloc(0)
    await more(source)
  }
  source.rest = Buffer.alloc(0)
}

async function more(source: Source): Promise<void> {
  const { value, done } = await source.reader.read()
  if (done) source.ended = true
  else source.rest = source.rest.length === 0 ? Buffer.from(value) : Buffer.concat([source.rest, value])
}

/** The bytes before a mark, which is passed over; a line's end that is still to come may begin with `before`. */
async function take(source: Source, mark: Buffer, most: number, before = ''): Promise<Buffer> {
  if (before !== '') source.rest = Buffer.concat([Buffer.from(before), source.rest])
  for (;;) {
    const at = source.rest.indexOf(mark)
    if (at > most || (at < 0 && source.rest.length > most + mark.length)) throw tooMuchBeforeFile()
    if (at >= 0) {
      const taken = source.rest.subarray(0, at)
      source.rest = source.rest.subarray(at + mark.length)
      return taken
    }
    if (source.ended) throw malformedPost()
    await more(source)
  }
}

function dispositionOf(head: string): { name: string; fileName: string | undefined } {
  const line = head.split('\r\n').find(each => /^content-disposition:/i.test(each)) ?? ''
  const parameters = /^content-disposition:\s*form-data\s*;(.*)$/is.exec(line)?.[1] ?? ''
  const parameter = (name: string) => {
    const found = new RegExp(`(?:^|;)\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]*))`, 'i').exec(parameters)
    return found?.[1]?.replace(/\\(["\\])/g, '$1') ?? found?.[2]
  }
  const name = parameter('name')
  if (name === undefined) throw malformedPost()
  return { name, fileName: parameter('filename') }
}

/** The bytes before a delimiter; what follows it is read and let go of. */
function upTo(source: Source, delimiter: Buffer): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const at = source.rest.indexOf(delimiter)
      if (at >= 0) {
        if (at > 0) controller.enqueue(new Uint8Array(source.rest.subarray(0, at)))
        await letGo(source)
        controller.close()
        return
      }
      if (source.ended) throw malformedPost()
      // The end of what is there may be a delimiter's beginning.
      const sure = source.rest.length - delimiter.length
      if (sure > 0) {
        controller.enqueue(new Uint8Array(source.rest.subarray(0, sure)))
        source.rest = source.rest.subarray(sure)
        return
      }
      await more(source)
      await this.pull?.(controller)
    },
    async cancel(reason) {
      await source.reader.cancel(reason)
    },
  })
}
