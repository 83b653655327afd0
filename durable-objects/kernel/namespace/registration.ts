import type { Env } from '../env.ts'
import { type NamespaceSettings, namespaceStub } from './namespace-stub.ts'
import { parseObjectName } from '../../../aws/place.ts'

/** Makes an object known to its namespace, which answers with its clock and modes: once, however many ask at once. */
export function registrar(
  env: Env,
  registered: (settings: NamespaceSettings) => void,
): (name: string) => Promise<void> {
  let registration: Promise<void> | undefined
  return name => {
    registration ??= namespaceStub(env, parseObjectName(name).place.namespace)
      .register(name)
      .then(registered)
      .finally(() => {
        registration = undefined
      })
    return registration
  }
}
