import type { Out } from '../../../../aws/models/iam.types.ts'
import { rootArn } from '../../../../aws/arn.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { keysOf } from '../credentials/access-keys.ts'
import { accountValue, setAccountValue } from './account-values.ts'
import { arnOfEntity, entityOf, seconds } from '../entities/entities.ts'
import { passwordAge } from '../credentials/password-policy.ts'
import type { AccessKeyRow, Entity, EntityRow } from '../schema.ts'
import { credentialsOf } from '../credentials/user-credentials.ts'

type Report = { at: number }

const KEY = 'credentialReport'
const KEPT_MS = 4 * 3_600_000
const DAY_MS = 86_400_000

const COLUMNS = [
  'user',
  'arn',
  'user_creation_time',
  'password_enabled',
  'password_last_used',
  'password_last_changed',
  'password_next_rotation',
  'mfa_active',
  'access_key_1_active',
  'access_key_1_last_rotated',
  'access_key_1_last_used_date',
  'access_key_1_last_used_region',
  'access_key_1_last_used_service',
  'access_key_2_active',
  'access_key_2_last_rotated',
  'access_key_2_last_used_date',
  'access_key_2_last_used_region',
  'access_key_2_last_used_service',
  'cert_1_active',
  'cert_1_last_rotated',
  'cert_2_active',
  'cert_2_last_rotated',
]

/**
 * A report is kept for four hours; until then it is not made anew.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateCredentialReport.html
 */
export function GenerateCredentialReport(ctx: Tx): Out<'GenerateCredentialReport'> {
  const present = accountValue<Report>(ctx, KEY)
  if (present && ctx.now - present.at < KEPT_MS) return { State: 'COMPLETE' }
  setAccountValue(ctx, KEY, { at: seconds(ctx) })
  return { State: 'STARTED', Description: 'No report exists. Starting a new report generation task' }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetCredentialReport.html */
export function GetCredentialReport(ctx: Ctx): Out<'GetCredentialReport'> {
  const report = accountValue<Report>(ctx, KEY)
  if (!report) throw new AwsError('CredentialReportNotPresentException', 'No report was found.')
  if (ctx.now - report.at >= KEPT_MS) {
    throw new AwsError('CredentialReportExpiredException', 'The most recent credential report has expired.')
  }
  const rows = ctx.sql.all<EntityRow>("SELECT * FROM iam_entities WHERE kind = 'user' ORDER BY name")
  const lines = [COLUMNS, rootLine(ctx), ...rows.map(row => userLine(ctx, entityOf<'user'>(row)))]
  return {
    Content: new TextEncoder().encode(lines.map(line => line.join(',')).join('\n')),
    ReportFormat: 'text/csv',
    GeneratedTime: new Date(report.at),
  }
}

const time = (at: number) => new Date(at).toISOString().replace(/\.\d{3}Z$/, '+00:00')
const NONE = 'N/A'

function rootLine(ctx: Ctx): string[] {
  const arn = rootArn(ctx.place.account)
  const unknown = ['not_supported', 'no_information', 'not_supported', 'not_supported', 'false']
  const keys = ['false', NONE, NONE, NONE, NONE]
  return ['<root_account>', arn, time(Date.UTC(2020, 0, 1)), ...unknown, ...keys, ...keys, 'false', NONE, 'false', NONE]
}

function userLine(ctx: Ctx, user: Entity<'user'>): string[] {
  const [first, second] = keysOf(ctx, user)
  const [firstCertificate, secondCertificate] = credentialsOf(ctx, 'signing', user)
  const mfa = ctx.sql.first('SELECT 1 FROM iam_mfa_users WHERE user = ? LIMIT 1', user.id) !== undefined
  return [
    user.name,
    arnOfEntity(ctx, user),
    time(user.createdAt),
    ...passwordCells(ctx, user),
    String(mfa),
    ...keyCells(first),
    ...keyCells(second),
    ...certificateCells(firstCertificate),
    ...certificateCells(secondCertificate),
  ]
}

function passwordCells(ctx: Ctx, { details: { password, passwordUsedAt } }: Entity<'user'>): string[] {
  if (!password) return ['false', NONE, NONE, NONE]
  const age = passwordAge(ctx)
  return [
    'true',
    passwordUsedAt === undefined ? 'no_information' : time(passwordUsedAt),
    time(password.createdAt),
    age === undefined ? NONE : time(password.createdAt + age * DAY_MS),
  ]
}

function keyCells(key: AccessKeyRow | undefined): string[] {
  if (!key) return ['false', NONE, NONE, NONE, NONE]
  const used = key.usedAt === null ? NONE : time(key.usedAt)
  return [String(key.status === 'Active'), time(key.createdAt), used, key.usedRegion ?? NONE, key.usedService ?? NONE]
}

function certificateCells(certificate: { status: string; createdAt: number } | undefined): string[] {
  return certificate ? [String(certificate.status === 'Active'), time(certificate.createdAt)] : ['false', NONE]
}
