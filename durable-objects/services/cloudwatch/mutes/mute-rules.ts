import type { In, Out } from '../../../../aws/models/cloudwatch.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { arnAt } from '../../../../aws/arn.ts'
import { InvalidSchedule, readSchedule } from '../../../shared/cron.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { isTimeZone } from '../../../shared/time-zone.ts'
import { durationMs, type MuteRule, statusOf, type StoredMuteRule, targets } from './mutes.ts'
import { cloudwatchTags, deleteResource, pageOf, putResource, resourceOf } from '../resources.ts'
import { paging, validationError } from '../refusals.ts'

const LONGEST_MS = 15 * 86_400_000

export const muteRuleArn = ({ place }: Ctx, name: string) => arnAt(place, 'cloudwatch', `alarm-mute-rule:${name}`)

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutAlarmMuteRule.html */
export function PutAlarmMuteRule(ctx: Tx, input: In<'PutAlarmMuteRule'>): void {
  const { Name, Description, Rule, MuteTargets, Tags, StartDate, ExpireDate } = input
  checkSchedule(Rule)
  if (StartDate && ExpireDate && StartDate >= ExpireDate) throw validationError('StartDate must be before ExpireDate.')
  const arn = muteRuleArn(ctx, Name)
  cloudwatchTags.check(arn, Tags)
  const before = resourceOf(ctx, 'mute-rule', Name)
  const rule: MuteRule = { Description, Rule, MuteTargets, start: StartDate?.getTime(), expire: ExpireDate?.getTime() }
  putResource(ctx, 'mute-rule', { name: Name, body: rule })
  if (!before) cloudwatchTags.set(ctx, arn, Tags)
}

function checkSchedule({ Schedule: { Expression, Duration, Timezone } }: MuteRule['Rule']): void {
  if (!/^(?:cron|at)\(/.test(Expression))
    throw validationError('Schedule expression must be a cron or an at expression.')
  try {
    readSchedule(Expression)
  } catch (error) {
    if (!(error instanceof InvalidSchedule)) throw error
    throw validationError(`Schedule expression is invalid: ${error.message}`)
  }
  const duration = durationMs(Duration)
  if (duration === undefined || duration > LONGEST_MS) throw validationError('Duration must be from PT1M to P15D.')
  if (Timezone !== undefined && !isTimeZone(Timezone)) throw validationError(`Timezone ${Timezone} is unknown.`)
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetAlarmMuteRule.html */
export function GetAlarmMuteRule(ctx: Ctx, { AlarmMuteRuleName }: In<'GetAlarmMuteRule'>): Out<'GetAlarmMuteRule'> {
  const found = resourceOf<MuteRule>(ctx, 'mute-rule', AlarmMuteRuleName)
  if (!found) {
    const fields = { ResourceType: 'AlarmMuteRule', ResourceId: AlarmMuteRuleName }
    throw new AwsError('ResourceNotFoundException', `Alarm mute rule ${AlarmMuteRuleName} does not exist`, 404, fields)
  }
  const { Description, Rule, MuteTargets, start } = found.body
  return {
    Name: found.name,
    ...(Description !== undefined && { Description }),
    Rule,
    ...(MuteTargets && { MuteTargets }),
    ...(start !== undefined && { StartDate: new Date(start) }),
    ...summary(ctx, found),
  }
}

const summary = (ctx: Ctx, { name, body, updatedAt }: StoredMuteRule) => ({
  AlarmMuteRuleArn: muteRuleArn(ctx, name),
  ...(body.expire !== undefined && { ExpireDate: new Date(body.expire) }),
  Status: statusOf(body, ctx.now),
  LastUpdatedTimestamp: new Date(updatedAt),
  MuteType: body.Rule.Schedule.Expression.startsWith('at(') ? 'ONE_TIME' : 'RECURRING',
})

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListAlarmMuteRules.html */
export function ListAlarmMuteRules(ctx: Ctx, input: In<'ListAlarmMuteRules'>): Out<'ListAlarmMuteRules'> {
  const { AlarmName, Statuses, MaxRecords = 50 } = input
  const pass = (rule: MuteRule) =>
    (AlarmName === undefined || targets(rule, AlarmName)) &&
    (Statuses === undefined || Statuses.includes(statusOf(rule, ctx.now)))
  const { rows, next } = pageOf<MuteRule>(ctx, { ...paging(input), size: MaxRecords }, { kind: 'mute-rule', pass })
  return { AlarmMuteRuleSummaries: rows.map(rule => summary(ctx, rule)), NextToken: next }
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteAlarmMuteRule.html : also of one that is not there. */
export function DeleteAlarmMuteRule(ctx: Tx, { AlarmMuteRuleName }: In<'DeleteAlarmMuteRule'>): void {
  deleteResource(ctx, 'mute-rule', AlarmMuteRuleName)
  cloudwatchTags.drop(ctx, muteRuleArn(ctx, AlarmMuteRuleName))
}
