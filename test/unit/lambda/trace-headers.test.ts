import { describe, expect, it } from 'vitest'
import {
  checkLoop,
  rootOf,
  timesRun,
  traceHeader,
} from '../../../durable-objects/services/lambda/invocations/trace-headers.ts'

const A = 'arn:aws:lambda:us-east-1:123456789012:function:a'
const B = 'arn:aws:lambda:us-east-1:123456789012:function:b'
const traceId = '1-67891233-abcdef012345678912345678'

/** The header after functions have run one after the other. */
const headerAfter = (...arns: string[]) =>
  arns.reduce<string | undefined>((trace, arn) => traceHeader({ traceId, trace }, arn), undefined)

describe('the trace header', () => {
  it('has root, parent, sampling and lineage as X-Ray writes them', () => {
    expect(headerAfter(A)).toMatch(
      /^Root=1-67891233-abcdef012345678912345678;Parent=[0-9a-f]{16};Sampled=0;Lineage=1:[0-9a-f]{8}:1$/,
    )
    expect(traceHeader({ traceId, trace: `Root=${traceId};Sampled=1` }, A)).toContain(';Sampled=1;')
    expect(rootOf(headerAfter(A))).toBe(traceId)
    expect(rootOf('Self=1-2')).toBeUndefined()
  })

  it('counts each function of the chain by itself', () => {
    const trace = headerAfter(A, B, A)
    expect(timesRun(trace, A)).toBe(2)
    expect(timesRun(trace, B)).toBe(1)
    expect(timesRun(undefined, A)).toBe(0)
    expect(timesRun('Lineage=nonsense', A)).toBe(0)
  })

  it('stops a function that has run sixteen times, where AWS can tell', () => {
    const trace = headerAfter(...Array.from({ length: 16 }, () => A))
    expect(() => checkLoop({ trace, source: 'aws:sqs' }, A)).toThrow(/recursive loop/)
    expect(() => checkLoop({ trace, source: 'aws:sqs' }, B)).not.toThrow()
    expect(() => checkLoop({ trace, source: 'aws:events' }, A)).not.toThrow()
    expect(() => checkLoop({ trace: headerAfter(A), source: 'aws:sqs' }, A)).not.toThrow()
  })
})
