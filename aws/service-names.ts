import { signingNames } from './models/index.ts'
import { tables } from './models/tables.ts'
import { own } from './own.ts'
import { loadModel } from './wire/model.ts'

/** The service here whose resources have ARNs of this name: `states` is `stepfunctions`. */
export function serviceOfArn(name: string): string | undefined {
  return Object.hasOwn(tables, name) ? name : own(signingNames, name)?.[0]
}

/** Services whose actions are named neither as they are nor as they are signed for. */
const PREFIXES: Readonly<Record<string, string>> = { cloudwatch: 'cloudwatch', resourcegroupstaggingapi: 'tag' }

/** What stands before the colon in the actions of a service: `states` of `stepfunctions`. */
export function actionPrefix(service: string): string {
  return own(PREFIXES, service) ?? loadModel(service)?.signingName ?? service
}

/** Services whose name in AWS's SDKs is not that of their model. */
const SDK_NAMES: Readonly<Record<string, string>> = {
  applicationautoscaling: 'application-autoscaling',
  cloudwatchlogs: 'logs',
  cognitoidentity: 'cognito-identity',
  cognitoidentityprovider: 'cognito-idp',
  elasticloadbalancingv2: 'elbv2',
  eventbridge: 'events',
  sfn: 'stepfunctions',
}

/** The service by its name in AWS's SDKs. */
export function serviceOfSdk(name: string): string {
  return own(SDK_NAMES, name) ?? name
}
