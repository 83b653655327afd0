import type { AnyHandler, Handlers } from './operation.ts'
import type { ServiceName, ServiceOperations } from './service-operations.ts'

/**
 * The operations of a service: of each module the functions that it exports under names `LikeThis`, as AWS names
 * operations. One whose name is no operation of the service, or whose type is not that operation's, does not compile.
 */
export function operationsOf<S extends ServiceName, M extends readonly object[]>(
  service: S,
  ...modules: M & { [I in keyof M]: Checked<ServiceOperations[S], M[I]> }
): Record<string, AnyHandler> {
  const operations: Record<string, AnyHandler> = {}
  for (const [name, handler] of modules.flatMap(module => Object.entries(module))) {
    if (typeof handler !== 'function' || !/^[A-Z].*[a-z]/.test(name)) continue
    if (Object.hasOwn(operations, name)) throw new Error(`Two modules of ${service} export the operation ${name}.`)
    operations[name] = handler as AnyHandler // its type was checked above
  }
  return operations
}

type Checked<Operations, Module> = {
  [Name in keyof Module]: Name extends keyof Operations ? Handlers<Operations>[Name] : NoOperation<Name, Module[Name]>
}

/** Constants are `LIKE_THIS`, other functions `likeThis`. */
type NoOperation<Name, Value> = Name extends Uncapitalize<Name & string> | Uppercase<Name & string>
  ? unknown
  : Value extends (...parameters: never[]) => unknown
    ? never
    : unknown
