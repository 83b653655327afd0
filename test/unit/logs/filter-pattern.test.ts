import { describe, expect, it } from 'vitest'
import { parseFilterPattern } from '../../../durable-objects/services/logs/patterns/filter-pattern.ts'

const matches = (pattern: string, message: string) => parseFilterPattern(pattern).matches(message)
const refusal = (pattern: string) => {
  try {
    parseFilterPattern(pattern)
  } catch (error) {
    return (error as Error).message
  }
  return undefined
}

const ACCESS = [
  '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534',
  '127.0.0.1 - frank [10/Oct/2000:13:35:22 -0700] "GET /about-us/index.html HTTP/1.0" 200 5324',
  '127.0.0.1 - frank [10/Oct/2000:13:50:35 -0700] "GET /apache_pb.gif HTTP/1.0" 404 4355',
  '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /products/index.html HTTP/1.0" 400 1534',
]
const matched = (pattern: string) => ACCESS.flatMap((message, index) => (matches(pattern, message) ? [index] : []))

describe('a text pattern', () => {
  it('matches everything when it is empty', () => {
    expect(matches('', 'anything')).toBe(true)
    expect(matches('   ', '')).toBe(true)
  })

  it('finds each of its terms anywhere in the message, in their case', () => {
    expect(matches('"[ERROR]" Exception', '02 May 2014 [ERROR] Unhandled: InvalidQueryException')).toBe(true)
    expect(matches('"[ERROR]" Exception', '02 May 2014 [ERROR] Terminating the application')).toBe(false)
    expect(matches('error', 'ERROR')).toBe(false)
  })

  it('wants one of its optional terms, and ignores them beside others', () => {
    expect(matches('?ERROR ?WARN', 'WARN low')).toBe(true)
    expect(matches('?ERROR ?"WARN low"', 'INFO fine')).toBe(false)
    expect(matches('?ERROR ARGUMENTS', 'INFO ARGUMENTS')).toBe(true)
    expect(matches('?ERROR -INFO', 'INFO ERROR')).toBe(false)
  })

  it('leaves out what it excludes', () => {
    expect(matches('ERROR -EXITING', 'ERROR 401')).toBe(true)
    expect(matches('ERROR -"EXITING NOW"', 'ERROR EXITING NOW')).toBe(false)
    expect(matches('-ERROR', 'INFO')).toBe(true)
  })

  it('takes escaped quotes and backslashes in quotes', () => {
    expect(matches('"say \\"hi\\""', 'they say "hi"')).toBe(true)
    expect(matches('"a\\\\b"', 'a\\b')).toBe(true)
  })

  it('takes regular expressions', () => {
    expect(matches('%AUTH[A-Z]+ED%', '[ERROR 401] UNAUTHORIZED REQUEST')).toBe(true)
    expect(matches('%^ERROR%', 'an ERROR')).toBe(false)
    expect(matches('ERROR -%4\\d\\d%', 'ERROR 404')).toBe(false)
  })

  it.each([
    ['PlayerSpawned (reason', "Invalid character(s) in term '('"],
    ['?Status: timeout', "Invalid character(s) in term ':'"],
    ['`ERROR', "Invalid character(s) in term '`'"],
    ['"open', 'Invalid filter pattern'],
    ['%a(b)%', "Invalid character(s) in term '()'"],
    ['%open', 'Invalid filter pattern'],
    ['%%', 'Invalid filter pattern'],
    ['%[%', 'Invalid filter pattern'],
    ['-', 'Invalid filter pattern'],
  ])('refuses %s', (pattern, message) => {
    expect(refusal(pattern)).toBe(message)
  })

  it('refuses more than two regular expressions', () => {
    expect(refusal('%a% %b%')).toBeUndefined()
    expect(refusal('%a% %b% %c%')).toMatch(/at most 2 regular expressions/)
  })
})

describe('a JSON pattern', () => {
  const event = JSON.stringify({
    eventType: 'UpdateTrail',
    sourceIPAddress: '123.123.1.2',
    'detail-type': 'Order',
    errorCode: 400,
    latency: 12.5,
    flag: true,
    nothing: null,
    arrayKey: ['one', 'two'],
    objectList: [{ name: 'a', enabled: true }, { name: 'b' }],
    grid: [[0, 1], [2]],
    user: { id: 1, email: 'John.Stiles@example.com' },
  })

  it.each([
    '{ $.eventType = "UpdateTrail" }',
    '{$.eventType=UpdateTrail}',
    '{ $.eventType = Update* }',
    '{ $.eventType = "*Trail" }',
    '{ $.eventType = *date* }',
    '{ $.eventType = * }',
    '{ $.eventType = %^Update% }',
    '{ $.eventType != "x" }',
    '{ $.sourceIPAddress = 123.123.* }',
    '{ $.detail-type = Order }',
    '{ $.errorCode = 400 }',
    '{ $.errorCode = 4e2 }',
    '{ $.errorCode >= 400 && $.latency < 12.6 }',
    '{ $.latency > 12 }',
    '{ $.errorCode != 500 }',
    '{ $.flag IS TRUE }',
    '{ $.flag = true }',
    '{ $.nothing IS NULL }',
    '{ $.missing NOT EXISTS }',
    '{ $.user.missing NOT EXISTS }',
    '{ $.arrayKey[0] = one }',
    '{ $.arrayKey[*] = "two" }',
    '{ $.objectList[*].name = "b" }',
    '{ $.objectList[0].enabled IS TRUE }',
    '{ $.grid[0][1] = 1 }',
    '{ $.user.* = 1 }',
    '{ ($.user.id = 2 || $.grid[1][0] = 2) && $.eventType = Update* }',
    '{ $.user.id = 1 || $.user.id = 2 && $.eventType = x }',
  ])('%s matches', pattern => {
    expect(matches(pattern, event)).toBe(true)
  })

  it.each([
    '{ $.eventType = updatetrail }',
    '{ $.eventType = "Up*ail" }',
    '{ $.missing = x }',
    '{ $.missing != x }',
    '{ $.user = x }',
    '{ $.nothing NOT EXISTS }',
    '{ $.missing IS NULL }',
    '{ $.flag IS FALSE }',
    '{ $.arrayKey[2] = one }',
    '{ $.arrayKey = one }',
    '{ $.eventType > 3 }',
    '{ $.errorCode > 400 }',
    '{ ($.user.id = 1 || $.user.id = 2) && $.eventType = x }',
  ])('%s does not match', pattern => {
    expect(matches(pattern, event)).toBe(false)
  })

  it('matches no event that is not JSON', () => {
    expect(matches('{ $.a NOT EXISTS }', 'plain {"a":1}')).toBe(false)
    expect(matches('{ $.a NOT EXISTS }', '{"a"')).toBe(false)
    expect(matches('{ $.a NOT EXISTS }', '{}')).toBe(true)
    expect(matches('{ $[0] = 1 }', '[1]')).toBe(true)
  })

  it('sees nothing of what every object inherits', () => {
    expect(matches('{ $.constructor NOT EXISTS }', '{}')).toBe(true)
    expect(matches('{ $.__proto__ NOT EXISTS }', '{}')).toBe(true)
  })

  it('extracts what its selectors find', () => {
    const { extract } = parseFilterPattern('{ $.errorCode = 400 || $.missing = 1 || $.eventType = "x" }')
    expect(extract(event)).toEqual({ '$.errorCode': '400', '$.eventType': 'UpdateTrail' })
    expect(extract('{"errorCode":1}')).toBeUndefined()
  })

  it.each([
    ['{ $."sc-status" = 5* }', "Invalid character(s) in term '$.\"'"],
    ['{ $.message = "x", $.path = "y" }', "Invalid character(s) in term ','"],
    ['{ $ = 1 }', "Invalid character(s) in term '$'"],
    ['{ $.a.[0] = 1 }', "Invalid character(s) in term '.['"],
    ['{ $.a }', "Invalid character(s) in term '}'"],
    ['{ $.a = }', "Invalid character(s) in term '}'"],
    ['{ $.a = 1', 'Invalid filter pattern'],
    ['{ $.a = 1 } x', 'Invalid filter pattern'],
    ['{ $.a > x }', 'Invalid filter pattern'],
    ['{ ($.a = 1 }', "Invalid character(s) in term '}'"],
    ['{ $.a IS GREAT }', 'Invalid filter pattern'],
    ['{}', "Invalid character(s) in term '}'"],
  ])('%s is refused', (pattern, message) => {
    expect(refusal(pattern)).toBe(message)
  })
})

describe('a pattern of fields', () => {
  it('names the fields of an access log', () => {
    const { extract } = parseFilterPattern('[ip, identity, user_id, timestamp, request, status_code, size]')
    expect(extract(ACCESS[0] ?? '')).toEqual({
      $ip: '127.0.0.1',
      $identity: '-',
      $user_id: 'frank',
      $timestamp: '10/Oct/2000:13:25:15 -0700',
      $request: 'GET /index.html HTTP/1.0',
      $status_code: '404',
      $size: '1534',
    })
  })

  it('numbers the fields it does not name', () => {
    const { extract } = parseFilterPattern('[..., request=*.html*, status_code=4*,]')
    expect(extract(ACCESS[3] ?? '')).toEqual({
      $1: '127.0.0.1',
      $2: '-',
      $3: 'frank',
      $4: '10/Oct/2000:13:25:15 -0700',
      $request: 'GET /products/index.html HTTP/1.0',
      $status_code: '400',
      $7: '1534',
    })
    expect(Object.keys(parseFilterPattern('[]').extract('a b c') ?? {})).toEqual(['$1', '$2', '$3'])
  })

  it.each<[string, number[]]>([
    ['[..., request=*.html*, status_code=4*,]', [0, 3]],
    ['[..., status_code=200, size]', [1]],
    ['[..., size > 2000]', [1, 2]],
    ['[ip, ..., status=404 || status=400, size]', [0, 2, 3]],
    ['[ip=%127\\.0\\.0\\.[1-9]%, ..., status!=404&&status!=400, size]', [1]],
    ['[..., request="GET /index.html HTTP/1.0", status, size]', [0]],
    ['[ip, user]', []],
    ['[...]', [0, 1, 2, 3]],
    ['[a, b, c, d, e, f, g, ...]', [0, 1, 2, 3]],
    ['[a, b, c, d, e, f, g, h, ...]', []],
  ])('%s matches its events', (pattern, expected) => {
    expect(matched(pattern)).toEqual(expected)
  })

  it.each(['[a, ..., b, ...]', '[a', '[a=1] b', '[a=1 && b=2]', '[=1]', '[a, (b=1]'])('refuses %s', pattern => {
    expect(refusal(pattern)).toMatch(/^Invalid/)
  })
})
