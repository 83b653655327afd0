import { handlerFile, splitHandler } from '../handler-name.ts'
import { joinPath, kindOf } from '../resolve.ts'
import { RuntimeError, wrapError } from './errors.ts'
import type { Handler } from './invoke.ts'
import type { Modules } from './modules.ts'

/** Loads the module that a handler string names and finds the function in it; throws AWS's errors for each way to fail. */
export async function loadHandler(modules: Modules, name: string): Promise<Handler> {
  if (name.includes('..')) {
    const message = `'${name}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`
    throw new RuntimeError('MalformedHandlerName', message)
  }
  const parts = splitHandler(name)
  if (parts === undefined) throw new RuntimeError('MalformedHandlerName', 'Bad handler')
  const loaded = await loadModule(modules, parts)
  const handler = parts.path.reduce(memberOf, loaded)
  if (handler === undefined || handler === null) {
    throw new RuntimeError('HandlerNotFound', `${name} is undefined or not exported`)
  }
  if (typeof handler !== 'function') throw new RuntimeError('HandlerNotFound', `${name} is not a function`)
  // A function of the user's: what it takes and gives is theirs to say.
  return handler as Handler
}

function memberOf(value: unknown, key: string): unknown {
  return value === null || value === undefined ? undefined : Reflect.get(Object(value), key)
}

async function loadModule(modules: Modules, parts: { root: string; module: string; path: string[] }): Promise<unknown> {
  try {
    const file = handlerFile(modules.tree, parts)
    if (file === undefined)
      return modules.requireFor(joinPath('/var/task', `${parts.root}noop.js`))(
        parts.root === '' ? parts.module : `./${parts.module}`,
      )
    return kindOf(modules.tree, file) === 'esm' ? await modules.importFile(file) : modules.requireFile(file)
  } catch (error) {
    if (error instanceof SyntaxError) throw wrapError('UserCodeSyntaxError', error)
    if (error instanceof Error && Reflect.get(error, 'code') === 'MODULE_NOT_FOUND')
      throw wrapError('ImportModuleError', error)
    throw error
  }
}
