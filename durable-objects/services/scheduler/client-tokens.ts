import { once } from '../../kernel/idempotency/client-tokens.ts'
import type { Tx } from '../../kernel/object/operation.ts'
import { conflict } from './refusals.ts'

/** How long a token is remembered. */
const KEPT_MS = 8 * 3_600_000

const mismatch = () => conflict('The request uses the same client token as a previous, but non-identical request.')

/** Does what a request asks for once for its client token. */
export const onceFor = <Output>(tx: Tx, input: { ClientToken?: string | undefined }, work: () => Output) =>
  once(tx, { token: input.ClientToken, input, keepMs: KEPT_MS, mismatch }, work)
