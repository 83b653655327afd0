import type { Ctx } from '../operation.ts'

/** Placeholder until metrics have a home; see the head of sns.ts. */
export function noteDelivered(_ctx: Ctx, _topic: string): void {}
export function noteFailed(_ctx: Ctx, _topic: string): void {}
export function noteFiltered(_ctx: Ctx, _topic: string): void {}
