import { loadModel } from '../../aws/wire/model.ts'
import { type Access, type Input, textOf } from './access.ts'
import { eventsAccess } from '../services/events/access.ts'
import { iamAccess } from '../services/iam/access.ts'
import { lambdaAccess } from '../services/lambda/access.ts'
import { logsAccess } from '../services/logs/access.ts'
import { s3Access } from '../services/s3/access/access.ts'
import { s3controlAccess } from '../services/s3control/access.ts'
import { schedulerAccess } from '../services/scheduler/access.ts'
import { snsAccess } from '../services/sns/access.ts'
import { sqsAccess } from '../services/sqs/access.ts'
import { stsAccess } from '../services/sts/access.ts'
import type { Ctx } from '../kernel/object/operation.ts'
import { definitionOf } from '../services/index.ts'
import { parseArn } from '../../aws/arn.ts'

type Rules = (ctx: Ctx, input: Input, callerArn: string) => readonly Access[] | Promise<readonly Access[]>

/** What each service's operations ask of policies. */
const RULES: Readonly<Record<string, Rules>> = {
  events: eventsAccess,
  iam: iamAccess,
  lambda: lambdaAccess,
  logs: logsAccess,
  s3: s3Access,
  s3control: s3controlAccess,
  scheduler: schedulerAccess,
  sns: snsAccess,
  sqs: sqsAccess,
  sts: stsAccess,
}

/** Prefixes of actions that are not the service's name. */
const PREFIXES: Readonly<Record<string, string>> = {
  apigatewayv2: 'apigateway',
  apigatewaymanagementapi: 'execute-api',
  dynamodbstreams: 'dynamodb',
  elbv2: 'elasticloadbalancing',
  resourcegroupstaggingapi: 'tag',
  s3control: 's3',
  sesv2: 'ses',
  stepfunctions: 'states',
}

/** What an operation asks of policies: usually one action on one resource. */
export async function accessOf(ctx: Ctx, input: Input, callerArn: string): Promise<readonly Access[]> {
  // What only objects ask of each other is not AWS's, and for nobody to allow.
  const models = ctx.service === 's3control' ? ['s3control', 's3'] : [ctx.service]
  if (!models.some(name => loadModel(name)?.operation(ctx.operation))) return doorAccess(ctx, input)
  const rules = Object.hasOwn(RULES, ctx.service) ? RULES[ctx.service] : undefined
  return rules ? await rules(ctx, input, callerArn) : [usual(ctx, input)]
}

function doorAccess(ctx: Ctx, input: Input): readonly Access[] {
  const asked = definitionOf(ctx.service).doorAccess?.(ctx, input)
  return asked === undefined || asked === 'open' ? [] : asked
}

/** The operation's own name, on the resource whose ARN its input has, or on any. */
function usual({ service, operation }: Ctx, input: Input): Access {
  const resource = Object.entries(input).find(([name, value]) => /arn$/i.test(name) && parseArn(textOf(value)))?.[1]
  return { action: `${PREFIXES[service] ?? service}:${operation}`, resource: textOf(resource) || '*' }
}
