import type { In, Out } from '../../../../aws/models/lambda.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'

/** Quotas of a new account, per region. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const CONCURRENT_EXECUTIONS = 1000
/** An account keeps at least this many executions for functions that reserve none. */
export const LEAST_UNRESERVED = 100
const TOTAL_CODE_SIZE = 80_530_636_800
const CODE_SIZE_UNZIPPED = 262_144_000
const CODE_SIZE_ZIPPED = 52_428_800

/** What of the account's concurrency no function has for itself. */
export function unreservedConcurrency(ctx: Ctx): number {
  const reserved = ctx.sql.first<{ sum: number }>(
    'SELECT COALESCE(SUM(reserved), 0) AS sum FROM lambda_functions WHERE reserved IS NOT NULL',
  )
  return CONCURRENT_EXECUTIONS - (reserved?.sum ?? 0)
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html */
export function GetAccountSettings(ctx: Ctx, _input: In<'GetAccountSettings'>): Out<'GetAccountSettings'> {
  const used = ctx.sql.first<{ functions: number; bytes: number }>(
    `SELECT (SELECT COUNT(*) FROM lambda_functions) AS functions,
       (SELECT COALESCE(SUM(size), 0) FROM (SELECT code FROM lambda_versions UNION ALL SELECT code FROM lambda_layer_versions) used
        JOIN lambda_archives ON lambda_archives.sha = used.code) AS bytes`,
  )
  return {
    AccountLimit: {
      TotalCodeSize: TOTAL_CODE_SIZE,
      CodeSizeUnzipped: CODE_SIZE_UNZIPPED,
      CodeSizeZipped: CODE_SIZE_ZIPPED,
      ConcurrentExecutions: CONCURRENT_EXECUTIONS,
      UnreservedConcurrentExecutions: unreservedConcurrency(ctx),
    },
    AccountUsage: { TotalCodeSize: used?.bytes ?? 0, FunctionCount: used?.functions ?? 0 },
  }
}
