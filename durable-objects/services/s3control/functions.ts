import type { Ctx } from '../../kernel/object/operation.ts'
import { parseArn } from '../../../aws/arn.ts'
import { AwsError } from '../../../aws/errors.ts'
import { type Asked, eventOf, transformationFor } from './events.ts'
import { objectLambdaArn } from './names.ts'

/** How a function's run ended: what it returned, or the refusal that the caller of S3 gets. */
export type Ended = { returned: string } | { failed: AwsError }

const refusal = (code: string, message: string, status: number) => ({ failed: new AwsError(code, message, status) })

/**
 * Runs the function of a transformation with the caller's own permissions.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#S3ObjectLambdaErrorCodeList
 */
export async function runFunction(ctx: Ctx, asked: Asked): Promise<Ended> {
  const transformation = transformationFor(asked.point, asked.action)
  const FunctionName = transformation?.FunctionArn ?? ''
  const arn = parseArn(FunctionName)
  const place = { account: arn?.account ?? ctx.place.account, region: arn?.region ?? ctx.place.region }
  const ended = await invoke(ctx, { FunctionName, Payload: JSON.stringify(await eventOf(ctx, asked)) }, place)
  const from = objectLambdaArn(ctx.place, asked.point.name)
  const hop = { from, to: FunctionName, event: `${asked.action} ${String(asked.input.Key ?? '')}`.trim() }
  if ('returned' in ended) ctx.journal({ ...hop, outcome: 'called' })
  else ctx.journal({ ...hop, outcome: 'refused', reason: `${ended.failed.code}: ${ended.failed.message}` })
  return ended
}

type Invocation = { FunctionName: string; Payload: string }

async function invoke(ctx: Ctx, { FunctionName, Payload }: Invocation, place: { account: string; region: string }) {
  try {
    const bytes = new TextEncoder().encode(Payload)
    const answer = await ctx.call('lambda', 'Invoke', { FunctionName, Payload: bytes }, { place })
    const returned = new TextDecoder().decode(answer.Payload)
    if (answer.FunctionError === undefined) return { returned }
    return returned.includes('Sandbox.Timedout') || /Task timed out after/.test(returned)
      ? refusal('LambdaTimeout', 'The Lambda function did not respond in the allowed time.', 500)
      : refusal('LambdaRuntimeError', 'The Lambda function failed during execution.', 500)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return refusedBy(error)
  }
}

function refusedBy({ code, message, status }: AwsError): Ended {
  const details = ` Lambda answered ${code}: ${message}`
  if (code === 'ResourceNotFoundException')
    return refusal('LambdaNotFound', `The AWS Lambda function was not found.${details}`, 404)
  if (code.startsWith('AccessDenied')) {
    return refusal(
      'LambdaPermissionError',
      `The caller is not authorized to invoke the Lambda function.${details}`,
      403,
    )
  }
  if (status === 429) return refusal('SlowDown', 'Reduce your request rate for operations involving AWS Lambda.', 503)
  return refusal('LambdaInvocationFailed', `Lambda function invocation failed.${details}`, 400)
}
