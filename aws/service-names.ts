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
