import { describe, expect, it } from 'vitest'
import { corsHeaders, preflightHeaders } from '../../../durable-objects/services/lambda/urls/url-cors.ts'

describe('CORS of a function URL', () => {
  it('names any origin where all are allowed', () => {
    expect(corsHeaders({ AllowOrigins: ['*'] }, 'https://a.example')).toEqual([['access-control-allow-origin', '*']])
  })

  it('takes origins by pattern', () => {
    const cors = { AllowOrigins: ['https://*.example.com'] }
    expect(corsHeaders(cors, 'https://app.example.com')[0]).toEqual([
      'access-control-allow-origin',
      'https://app.example.com',
    ])
    expect(corsHeaders(cors, 'https://example.com')).toEqual([])
    expect(corsHeaders(cors, 'http://app.example.com')).toEqual([])
  })

  it('says nothing to an origin that it does not know', () => {
    expect(preflightHeaders({ AllowOrigins: ['https://a.example'], MaxAge: 5 }, 'https://b.example')).toEqual([])
    expect(preflightHeaders({}, 'https://b.example')).toEqual([])
  })
})
