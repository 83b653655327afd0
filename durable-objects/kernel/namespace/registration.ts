import type { Env } from '../env.ts'
import { type NamespaceSettings, namespaceStub } from './namespace-stub.ts'
import { AwsError } from '../../../aws/errors.ts'
import { parseObjectName } from '../../../aws/place.ts'

/** Makes an object known to its namespace, which answers with its clock and modes: once, however many ask at once. */
export function registrar(
  env: Env,
  registered: (settings: NamespaceSettings) => void | Promise<void>,
): (name: string) => Promise<void> {
  let registration: Promise<void> | undefined
  return name => {
    registration ??= namespaceStub(env, parseObjectName(name).place.namespace)
      .register(name)
      .then(settings => registered(settings ?? full(name)))
      .finally(() => {
        registration = undefined
      })
    return registration
  }
}

/** @throws AwsError always */
function full(name: string): never {
  const { namespace } = parseObjectName(name).place
  const message = `The namespace ${namespace} has as many accounts, regions and resources as one may have.`
  throw new AwsError('LimitExceededException', message)
}
