import type { Ctx } from '../operation.ts'
import type { BusEvent } from './schema.ts'

/** No archive can be made yet. */
export function archiveEvent(_ctx: Ctx, _archive: string, _event: BusEvent): void {}
