import { describe, expect, it } from 'vitest'
import { programOf } from '../../../durable-objects/services/logs/regex/program.ts'
import { regexOf } from '../../../durable-objects/services/logs/regex/regex.ts'

/** Long enough that no expression with a repetition is left to the language's own engine. */
const FILLER = ' '.repeat(200_000)

const CASES: [source: string, text: string][] = [
  ['ab+c', 'xabbbc'],
  ['^a|b$', 'cb'],
  ['[a-f0-9]{4,6}', 'zzdeadbeef'],
  ['\\d+\\.\\d+', 'took 12.5 ms'],
  ['a.c', 'a\nc'],
  ['\\bfoo\\b', 'a foo b'],
  ['\\bfoo\\b', 'afoo b'],
  ['(a|ab)(c|bcd)(d*)', 'abcd'],
  ['(?:a|b)*c', 'ababc'],
  ['x*', 'aaa'],
  ['[^\\s=]+=(?:\\w|-)+', 'key=val-1'],
  ['é+', 'caféé'],
  ['\\x41\\u0042', 'AB'],
]

describe('a regular expression', () => {
  it.each(CASES)('%s finds in %j what the language’s own finds, in short texts and in long ones', (source, text) => {
    const expected = new RegExp(source).test(text)
    expect(regexOf(source)?.test(text)).toBe(expected)
    const long = source.startsWith('^') || source.endsWith('$') ? text : `${FILLER} ${text} ${FILLER}`
    expect(regexOf(source)?.test(long)).toBe(new RegExp(source).test(long))
  })

  it('prefers the groups that the language’s own prefers', () => {
    for (const source of ['(?<a>\\w+) took (?<ms>\\d+)', '(?<a>\\w+?)(?<ms>\\d*)', '(?<a>a|ab)(?<ms>c|bcd)']) {
      const regex = regexOf(source)
      const [short, filler] = ['abcd xy job took 125 ms', ' '.repeat(300_000)]
      expect(regex?.groups(short + filler)).toEqual({ ...new RegExp(source).exec(short)?.groups })
    }
    expect(regexOf('(?P<a>\\d)(?<b>x)?')?.groups('a1')).toMatchObject({ a: '1' })
    expect(regexOf('(?<a>\\d)')?.groups('none')).toBeUndefined()
  })

  it('ignores case when it is told so', () => {
    expect(regexOf('(?i)error')?.test('ERROR')).toBe(true)
    expect(regexOf('error')?.test('ERROR')).toBe(false)
  })

  it.each(['(a+)+$', '(a|a)*b$', 'a*a*a*a*a*b', '(a?){30}a{30}$'])('%s comes to an end on a hostile text', source => {
    expect(regexOf(source)?.test(`${'a'.repeat(30_000)}!`)).toBe(false)
  })

  it.each(['(', 'a)', '[', 'a**', '(?=a)', '(?<!a)b', '\\1', '(a)\\1', 'a{3,1}', '*', '(?<1>a)'])(
    'refuses %s',
    source => {
      expect(regexOf(source)).toBeUndefined()
    },
  )

  it('refuses what repeats itself too often, and nests too deep', () => {
    expect(regexOf('a{1000}')).toBeUndefined()
    expect(regexOf('(a{100}){100}')).toBeUndefined()
    expect(regexOf(`${'('.repeat(2000)}a${')'.repeat(2000)}`)).toBeUndefined()
    expect(programOf({ kind: 'all', parts: [] })).toHaveLength(3)
  })
})
