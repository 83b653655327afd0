import { describe, expect, it } from 'vitest'
import { BAD_GATEWAY, headOf, responseOf } from '../../../durable-objects/services/lambda/urls/url-responses.ts'
import { urlStream } from '../../../durable-objects/services/lambda/urls/url-streams.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')
const TYPE = 'application/vnd.awslambda.http-integration-response'

describe('a function’s answer as a response', () => {
  it('has lower-case headers, the last of a name', () => {
    const answer = { statusCode: '201', headers: { 'X-A': 1, 'x-a': true, 'X-None': null }, cookies: ['c=1'] }
    expect(headOf(answer)).toEqual({
      status: 201,
      headers: [
        ['x-a', 'true'],
        ['content-type', 'application/json'],
        ['set-cookie', 'c=1'],
      ],
    })
  })

  it.each([
    { statusCode: 99 },
    { statusCode: 600 },
    { statusCode: 200.5 },
    { statusCode: 200, headers: { a: 'x\ny' } },
  ])('is a bad gateway for %j', answer => {
    expect(responseOf(JSON.stringify(answer))).toBe(BAD_GATEWAY)
  })
})

describe('a streamed response', () => {
  it('finds its head however its prelude is cut', async () => {
    const prelude = `${JSON.stringify({ statusCode: 202 })}${'\0'.repeat(8)}body`
    for (let cut = 1; cut < prelude.length; cut++) {
      const response = urlStream()
      response.take({ stream: { contentType: TYPE } })
      response.take({ chunk: base64(prelude.slice(0, cut)) })
      response.take({ chunk: base64(prelude.slice(cut)) })
      response.take({ result: { payload: '', streamed: true } })
      response.end()
      expect((await response.head)?.status).toBe(202)
      expect(await new Response(response.stream).text()).toBe('body')
    }
  })

  it('has no head when the function ended without one', async () => {
    const response = urlStream()
    response.take({ stream: { contentType: TYPE } })
    response.take({ chunk: base64('{"statusCode":') })
    response.end()
    expect(await response.head).toBeUndefined()
  })
})
