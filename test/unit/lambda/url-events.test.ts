import { describe, expect, it } from 'vitest'
import { urlEvent, type UrlRequest } from '../../../durable-objects/services/lambda/urls/url-events.ts'

const request: UrlRequest = {
  urlId: 'abc',
  method: 'POST',
  rawPath: '/a%20b',
  rawQueryString: 'x=1&x=2&y=%20',
  headers: { host: 'abc.lambda-url.us-east-1.on.aws', cookie: 'a=1; b=2', 'content-type': 'text/plain' },
  body: new TextEncoder().encode('hello'),
  domainName: 'abc.lambda-url.us-east-1.on.aws',
  sourceIp: '203.0.113.1',
  signed: true,
}
const caller = {
  accessKey: 'AKIAX',
  accountId: '111122223333',
  userArn: 'arn:aws:iam::111122223333:user/a',
  userId: 'AIDAX',
}

describe('the event of a function URL', () => {
  it('is payload format 2.0 to its last field', () => {
    const facts = { requestId: 'r-1', traceId: '1-a-b', now: Date.UTC(2022, 7, 5, 8, 14, 39, 885), caller }
    expect(urlEvent(request, facts)).toEqual({
      version: '2.0',
      routeKey: '$default',
      rawPath: '/a%20b',
      rawQueryString: 'x=1&x=2&y=%20',
      cookies: ['a=1', 'b=2'],
      headers: {
        host: 'abc.lambda-url.us-east-1.on.aws',
        'content-type': 'text/plain',
        'x-amzn-trace-id': 'Root=1-a-b',
      },
      queryStringParameters: { x: '1,2', y: ' ' },
      requestContext: {
        accountId: '111122223333',
        apiId: 'abc',
        authentication: null,
        authorizer: {
          iam: {
            accessKey: 'AKIAX',
            accountId: '111122223333',
            callerId: 'AIDAX',
            cognitoIdentity: null,
            principalOrgId: null,
            userArn: 'arn:aws:iam::111122223333:user/a',
            userId: 'AIDAX',
          },
        },
        domainName: 'abc.lambda-url.us-east-1.on.aws',
        domainPrefix: 'abc',
        http: { method: 'POST', path: '/a%20b', protocol: 'HTTP/1.1', sourceIp: '203.0.113.1', userAgent: '' },
        requestId: 'r-1',
        routeKey: '$default',
        stage: '$default',
        time: '05/Aug/2022:08:14:39 +0000',
        timeEpoch: Date.UTC(2022, 7, 5, 8, 14, 39, 885),
      },
      body: 'hello',
      isBase64Encoded: false,
    })
  })

  it('has a form, and text that is no UTF-8, in base64', () => {
    const facts = { requestId: 'r', traceId: 't', now: 0 }
    const form = { ...request.headers, 'content-type': 'application/x-www-form-urlencoded' }
    expect(urlEvent({ ...request, headers: form }, facts)).toMatchObject({ body: 'aGVsbG8=', isBase64Encoded: true })
    const broken = new Uint8Array([0xff])
    expect(urlEvent({ ...request, body: broken }, facts)).toMatchObject({ body: '/w==', isBase64Encoded: true })
  })
})
