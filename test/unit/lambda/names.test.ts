import { describe, expect, it } from 'vitest'
import { home, parseFunctionName } from '../../../durable-objects/services/lambda/functions/names.ts'

describe('function names', () => {
  it.each([
    ['thumbs', { name: 'thumbs' }],
    ['thumbs:live', { name: 'thumbs', qualifier: 'live' }],
    ['thumbs:$LATEST', { name: 'thumbs', qualifier: '$LATEST' }],
    ['123456789012:function:thumbs', { name: 'thumbs', account: '123456789012' }],
    ['123456789012:function:thumbs:7', { name: 'thumbs', account: '123456789012', qualifier: '7' }],
    [
      'arn:aws:lambda:eu-west-1:123456789012:function:thumbs:live',
      { name: 'thumbs', account: '123456789012', region: 'eu-west-1', qualifier: 'live' },
    ],
  ])('reads %s', (text, parts) => {
    const found = parseFunctionName(text)
    expect(JSON.parse(JSON.stringify(found))).toEqual(parts)
  })

  it.each(['', 'a b', 'thumbs:', 'thumbs:a:b', 'arn:aws:sqs:eu-west-1:123456789012:thumbs'])(
    'takes %j for no name',
    text => {
      expect(parseFunctionName(text)).toBeUndefined()
    },
  )

  it('lead to the account that an ARN names, in the region of the request', () => {
    const place = { namespace: 'main', account: '111111111111', region: 'eu-west-1' }
    const FunctionName = 'arn:aws:lambda:us-east-1:222222222222:function:thumbs'
    expect(home('Invoke', { FunctionName }, place).place).toEqual({ ...place, account: '222222222222' })
    expect(home('Invoke', { FunctionName: 'thumbs' }, place).place).toEqual(place)
    expect(home('ListFunctions', {}, place).place).toEqual(place)
  })
})
