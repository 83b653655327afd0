import { createHash } from 'node:crypto'
import { randomHex } from '../../../../aws/ids.ts'
import { refusal } from '../errors.ts'

/**
 * X-Ray's header as Lambda hands it to functions, with the lineage by which it knows a loop: how often each function has
 * run in the chain. `Root=1-…;Parent=…;Sampled=0;Lineage=1:a87bd80c:3|68fd508a:2`
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 */

/** What of a header an invocation has: the root of its chain, and the header by which it came, if any. */
export type Traced = { traceId: string; trace?: string | undefined }

/** The functions of a chain that are kept count of. */
const MOST_FUNCTIONS = 3

type Lineage = { name: string; count: number }[]

/** By the function's own ARN, whatever the qualifier. */
const nameOf = (functionArn: string) => createHash('sha256').update(functionArn).digest('hex').slice(0, 8)

function lineageOf(trace: string | undefined): Lineage {
  const entries = /(?:^|;)\s*Lineage=\d+:([0-9a-f:|]*)/.exec(trace ?? '')?.[1]?.split('|') ?? []
  return entries.flatMap(entry => {
    const [name = '', count] = entry.split(':')
    return name && Number(count) > 0 ? [{ name, count: Number(count) }] : []
  })
}

/** How often a function has run already in the chain of an event. */
export function timesRun(trace: string | undefined, functionArn: string): number {
  const name = nameOf(functionArn)
  return lineageOf(trace).find(entry => entry.name === name)?.count ?? 0
}

/** AWS stops a function when it has run so often in one chain. */
const MOST_RUNS = 16
/** Events that come otherwise carry no lineage in AWS. */
const TOLD = new Set(['invoke', 'aws:lambda', 'aws:sqs', 'aws:sns', 'aws:s3'])

/** @throws RecursiveInvocationException */
export function checkLoop(
  { trace, source }: { trace?: string | undefined; source: string },
  functionArn: string,
): void {
  if (!TOLD.has(source) || timesRun(trace, functionArn) < MOST_RUNS) return
  throw refusal(
    'RecursiveInvocationException',
    "Lambda has detected your function being invoked in a recursive loop with other Amazon Web Services resources and stopped your function's invocation.",
  )
}

/** The header that a function sees, this run of it counted. */
export function traceHeader({ traceId, trace }: Traced, functionArn: string): string {
  const sampled = /(?:^|;)\s*Sampled=([01])/.exec(trace ?? '')?.[1] ?? '0'
  const own = { name: nameOf(functionArn), count: timesRun(trace, functionArn) + 1 }
  const others = lineageOf(trace).filter(({ name }) => name !== own.name)
  const kept = [own, ...others].slice(0, MOST_FUNCTIONS)
  const lineage = kept.map(({ name, count }) => `${name}:${count}`).join('|')
  return `Root=${traceId};Parent=${randomHex(16)};Sampled=${sampled};Lineage=1:${lineage}`
}

/** The root that a header names. */
export function rootOf(trace: string | undefined): string | undefined {
  return /(?:^|;)\s*Root=(1-[0-9a-f]{8}-[0-9a-f]{24})/.exec(trace ?? '')?.[1]
}
