import { describe, expect, test } from 'vitest'
import { boundaryOf, readFormData } from '../../../aws/wire/form-data.ts'

const BOUNDARY = 'xYzZY'
// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of S3's own.
const KEY = 'a/${filename}'

const part = (name: string, value: string, more = '') =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`

/** A body in pieces of so many bytes. */
function streamed(text: string, size: number): ReadableStream<Uint8Array> {
  const bytes = Buffer.from(text)
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close()
      controller.enqueue(new Uint8Array(bytes.subarray(at, at + size)))
      at += size
    },
  })
}

async function read(text: string, size: number) {
  const { fields, file } = await readFormData(streamed(text, size), BOUNDARY)
  return { fields, name: file?.name, content: file && (await new Response(file.content).text()) }
}

describe.each([1, 3, 7, 64, 10_000])('in pieces of %d bytes', size => {
  test('fields and the file are told apart, and what follows the file is left', async () => {
    const body = `${part('key', KEY)}${part('x', 'ä\r\nb')}${part('file', '--xY\r\n--xYzZ', '; filename="a \\"b\\".txt"')}${part('late', '1')}--${BOUNDARY}--\r\n`
    expect(await read(body, size)).toEqual({
      fields: [
        ['key', KEY],
        ['x', 'ä\r\nb'],
      ],
      name: 'a "b".txt',
      content: '--xY\r\n--xYzZ',
    })
  })

  test('an empty file, a form without one, and a preamble', async () => {
    expect(await read(`${part('file', '', '; filename=""')}--${BOUNDARY}--`, size)).toMatchObject({
      name: '',
      content: '',
    })
    expect(await read(`${part('key', 'a')}--${BOUNDARY}--\r\n`, size)).toEqual({
      fields: [['key', 'a']],
      name: undefined,
      content: undefined,
    })
    const late = `preamble\r\n--${BOUNDARY}  \r\nContent-Type: text/plain\r\ncontent-disposition: form-data; name=file\r\n\r\nx\r\n--${BOUNDARY}--`
    expect(await read(late, size)).toEqual({ fields: [], name: undefined, content: 'x' })
  })

  test('what is no form is refused', async () => {
    const malformed = 'The body of your POST request is not well-formed multipart/form-data.'
    await expect(read('', size)).rejects.toThrow(malformed)
    await expect(read(`--${BOUNDARY}\r\n\r\nx\r\n--${BOUNDARY}--`, size)).rejects.toThrow(malformed)
    await expect(read(part('key', 'x').slice(0, -4), size)).rejects.toThrow(malformed)
    await expect(read(part('file', 'x'), size)).rejects.toThrow(malformed)
  })
})

test('fields before the file have an end', async () => {
  const body = `${part('key', 'x'.repeat(30_000))}${part('file', 'x')}--${BOUNDARY}--`
  await expect(read(body, 1000)).rejects.toMatchObject({ code: 'MaxPostPreDataLengthExceeded' })
})

test('boundaries are found with quotes and without', () => {
  expect(boundaryOf('multipart/form-data; boundary=abc')).toBe('abc')
  expect(boundaryOf('multipart/form-data; charset=utf-8; Boundary="a b"')).toBe('a b')
  expect(boundaryOf('multipart/form-data')).toBeUndefined()
})
