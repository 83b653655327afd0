import { type ObjectFacts, parseObjectName } from '../../aws/place.ts'
import { askObject, type Question } from '../../durable-objects/kernel/object/calls.ts'
import type { OperationOutput } from '../../durable-objects/kernel/object/operation.ts'
import type { ServiceName, ServiceOperations } from '../../durable-objects/kernel/object/service-operations.ts'
import { type AdminContext, objectsOf } from './admin.ts'

/** Where something is, where that is said. */
type Where = { accountId?: string | undefined; region?: string | undefined }

/** What services do beyond AWS's API, asked of every object that has something of them; each answer, where there is one. */
export async function askAll<S extends ServiceName, O extends keyof ServiceOperations[S] & string>(
  c: AdminContext,
  question: Question<S, O>,
  where: Where = {},
): Promise<NonNullable<OperationOutput<S, O>>[]> {
  const names = (await objectsOf(c, question.service)).filter(name => isAt(parseObjectName(name), where))
  const answers = await Promise.all(names.map(name => askObject(c.env, name, question)))
  return answers.filter(answer => answer !== undefined)
}

function isAt({ place }: ObjectFacts, { accountId, region }: Where): boolean {
  return (accountId ?? place.account) === place.account && (region ?? place.region) === place.region
}
