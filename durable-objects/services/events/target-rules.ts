import type { Target } from '../../../aws/models/events.types.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import { checkTaken } from '../../kernel/outbox/deliver.ts'
import { type Arn, parseArn } from '../../../aws/arn.ts'
import { isJson } from '../../../aws/json.ts'
import { checkTemplate } from './input-templates.ts'
import { readPath } from './json-paths.ts'
import { invalid } from './refusals.ts'

/** Services whose resources can be targets. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html */
const TARGETS = new Set([
  ...[
    'appsync',
    'batch',
    'codebuild',
    'codepipeline',
    'ecs',
    'events',
    'execute-api',
    'firehose',
    'inspector',
    'kinesis',
  ],
  ...['lambda', 'logs', 'redshift', 'redshift-serverless', 'sagemaker', 'sns', 'sqs', 'ssm', 'ssm-incidents', 'states'],
])

/** Services that EventBridge calls as a role of yours, for want of a policy on the resource. */
const BY_ROLE = new Set(['kinesis', 'firehose', 'states', 'ecs', 'batch', 'ssm', 'sagemaker', 'redshift', 'codebuild'])

/** @throws AwsError ValidationException */
export function checkTarget(ctx: Ctx, target: Target): void {
  const { Id, Arn, RoleArn, SqsParameters, DeadLetterConfig } = target
  const arn = parseArn(Arn)
  if (!arn || !TARGETS.has(arn.service)) throw invalidArn(Arn)
  if (wantsRole(arn) && !RoleArn) throw invalid(`RoleArn is required for target ${Arn}.`)
  if (arn.service === 'sqs' && arn.resource.endsWith('.fifo') && !SqsParameters?.MessageGroupId) {
    throw invalid(`Parameter(s) SqsParameters must be specified for target: ${Id}.`)
  }
  if (SqsParameters && arn.service !== 'sqs') throw unfit('SqsParameters', Id)
  if (target.KinesisParameters && arn.service !== 'kinesis') throw unfit('KinesisParameters', Id)
  if (DeadLetterConfig?.Arn !== undefined) checkDeadLetter(DeadLetterConfig.Arn)
  checkInput(target)
  checkTaken(ctx, Arn)
}

const invalidArn = (arn: string) =>
  invalid(`Parameter ${arn} is not valid. Reason: Provided Arn is not in correct format.`)
const unfit = (name: string, id: string) => invalid(`Parameter(s) ${name} not valid for target: ${id}.`)

function wantsRole({ service, resource }: Arn): boolean {
  return BY_ROLE.has(service) || (service === 'events' && resource.startsWith('api-destination/'))
}

function checkDeadLetter(text: string): void {
  const arn = parseArn(text)
  if (arn?.service !== 'sqs') throw invalidArn(text)
  if (arn.resource.endsWith('.fifo')) {
    throw invalid(
      'Parameter DeadLetterConfig is not valid. Reason: FIFO queues are not supported as dead-letter queues.',
    )
  }
}

function checkInput({ Id, Input, InputPath, InputTransformer }: Target): void {
  if ([Input, InputPath, InputTransformer].filter(Boolean).length > 1) {
    throw invalid(`Only one of Input, InputPath, or InputTransformer must be provided for target ${Id}.`)
  }
  if (Input && !isJson(Input)) throw invalid(`Input for target ${Id} is not a valid JSON text.`)
  if (InputPath && !readPath(InputPath))
    throw invalid(`Parameter InputPath is not valid. Reason: ${InputPath} is no JSON path.`)
  if (InputTransformer) checkTemplate(Id, InputTransformer)
}
