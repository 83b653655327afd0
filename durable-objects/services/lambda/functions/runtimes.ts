import { invalidParameter } from '../errors.ts'

/**
 * The runtimes that functions may be made with, in the words of AWS's refusal of any other.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 */
const SUPPORTED = [
  'nodejs18.x',
  'nodejs20.x',
  'nodejs22.x',
  'nodejs24.x',
  'nodejs26.x',
  'python3.9',
  'python3.10',
  'python3.11',
  'python3.12',
  'python3.13',
  'python3.14',
  'python3.15',
  'java8.al2',
  'java8.al2023',
  'java11',
  'java11.al2023',
  'java17',
  'java17.al2023',
  'java21',
  'java25',
  'dotnet8',
  'dotnet10',
  'ruby3.2',
  'ruby3.3',
  'ruby3.4',
  'ruby4.0',
  'provided.al2',
  'provided.al2023',
]

/** Runtimes that AWS creates no more, but that templates in use still name: taken as they were. */
const DEPRECATED = new Set([
  'nodejs16.x',
  'nodejs14.x',
  'nodejs12.x',
  'python3.8',
  'python3.7',
  'dotnet6',
  'dotnetcore3.1',
  'go1.x',
  'java8',
  'provided',
  'ruby2.7',
])

/** @throws InvalidParameterValueException for a runtime that AWS does not have */
export function checkRuntime(runtime: string): void {
  if (SUPPORTED.includes(runtime) || DEPRECATED.has(runtime)) return
  throw invalidParameter(
    `Value ${runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [${SUPPORTED.join(', ')}] or be a valid ARN`,
  )
}

/** What isolates can run. */
export function runsInIsolate(runtime: string | undefined): boolean {
  return runtime !== undefined && /^nodejs\d+\.x$/.test(runtime)
}

/** `20` of `nodejs20.x` */
export function nodeMajor(runtime: string): string {
  return /^nodejs(\d+)/.exec(runtime)?.[1] ?? ''
}
