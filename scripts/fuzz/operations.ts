import { services } from '../../durable-objects/services/index.ts'
import { tables } from '../../aws/models/tables.ts'
import { loadModel } from '../../aws/wire/model.ts'
import type { Asked } from './wire-forms.ts'

/** Every modelled operation in every form of its service; `built` when a handler answers it. */
export type Target = Asked & { built: boolean }

export function targetsOf(only: readonly string[]): Target[] {
  const names = Object.keys(tables).filter(name => only.length === 0 || only.includes(name))
  return names.flatMap(name => {
    const model = loadModel(name)
    if (!model) throw new Error(`There is no service ${name}`)
    const handlers = services[name]?.operations ?? {}
    return model.operations.flatMap(operationName => {
      const operation = model.operation(operationName)
      if (!operation) throw new Error(`${name} has no ${operationName}`)
      const built = handlers[operationName] !== undefined
      return model.forms.map(form => ({ model, operation, form, built }))
    })
  })
}
