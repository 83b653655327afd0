import type { CompositeAlarm, In, MetricAlarm, Out } from '../../../../aws/models/cloudwatch.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { listing } from '../../../kernel/listings/listings.ts'
import { alarmArn, alarmByName, definitionOf } from './alarm-rows.ts'
import { alarmsOf, readRule, rulesOn } from './composite-rule.ts'
import { dimensionsText } from '../metrics/metrics.ts'
import { paging, validationError } from '../refusals.ts'
import type { AlarmRow } from '../schema.ts'

type Metric = In<'PutMetricAlarm'>
type Composite = In<'PutCompositeAlarm'>

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html */
export function DescribeAlarms(ctx: Ctx, input: In<'DescribeAlarms'>): Out<'DescribeAlarms'> {
  checkCombination(input)
  const { ActionPrefix, AlarmTypes = ['MetricAlarm'] } = input
  const relatives = related(ctx, input)
  const names = relatives ?? input.AlarmNames
  const { rows, next } = listing<AlarmRow>(ctx, paging(input), {
    from: 'cloudwatch_alarms',
    where: {
      'state = ?': input.StateValue,
      'name IN (SELECT value FROM json_each(?))': names && JSON.stringify(names),
      'type IN (SELECT value FROM json_each(?))': relatives ? undefined : JSON.stringify(AlarmTypes),
    },
    prefix: { name: input.AlarmNamePrefix },
    key: 'name',
    keep: row => ActionPrefix === undefined || hasAction(row, ActionPrefix),
  })
  const shown = relatives ? short : whole
  return {
    MetricAlarms: rows.filter(({ type }) => type === 'MetricAlarm').map(row => shown(ctx, row, metricAlarm)),
    CompositeAlarms: rows.filter(({ type }) => type === 'CompositeAlarm').map(row => shown(ctx, row, compositeAlarm)),
    NextToken: next,
  }
}

function checkCombination(input: In<'DescribeAlarms'>): void {
  if (input.AlarmNames && input.AlarmNamePrefix !== undefined) {
    throw validationError(
      'The parameters AlarmNames and AlarmNamePrefix are mutually exclusive and you have specified both.',
    )
  }
  if (input.ChildrenOfAlarmName !== undefined && input.ParentsOfAlarmName !== undefined) {
    throw validationError(
      'The parameters ChildrenOfAlarmName and ParentsOfAlarmName are mutually exclusive and you have specified both.',
    )
  }
}

/** Names of an alarm's parents or children, when they are asked for. */
function related(ctx: Ctx, { ChildrenOfAlarmName, ParentsOfAlarmName }: In<'DescribeAlarms'>): string[] | undefined {
  if (ParentsOfAlarmName !== undefined) return rulesOn(ctx, ParentsOfAlarmName).map(({ name }) => name)
  if (ChildrenOfAlarmName === undefined) return undefined
  const row = alarmByName(ctx, ChildrenOfAlarmName)
  return row?.type === 'CompositeAlarm' ? alarmsOf(readRule(definitionOf<Composite>(row).AlarmRule)) : []
}

function hasAction(row: AlarmRow, prefix: string): boolean {
  const { AlarmActions = [], OKActions = [], InsufficientDataActions = [] } = definitionOf<Metric>(row)
  return [...AlarmActions, ...OKActions, ...InsufficientDataActions].some(action => action.startsWith(prefix))
}

type Show<Alarm> = (ctx: Ctx, row: AlarmRow) => Alarm

const whole = <Alarm>(ctx: Ctx, row: AlarmRow, show: Show<Alarm>): Alarm => show(ctx, row)

/** Of parents and children AWS tells only so much. */
function short<Alarm extends MetricAlarm | CompositeAlarm>(ctx: Ctx, row: AlarmRow, show: Show<Alarm>): Alarm {
  const { AlarmName, AlarmArn, StateValue, StateUpdatedTimestamp } = show(ctx, row)
  return { AlarmName, AlarmArn, StateValue, StateUpdatedTimestamp } as Alarm // every member is optional
}

const stateOf = (ctx: Ctx, row: AlarmRow) => ({
  AlarmArn: alarmArn(ctx, row.name),
  ActionsEnabled: row.actionsEnabled === 1,
  AlarmConfigurationUpdatedTimestamp: new Date(row.configuredAt),
  StateValue: row.state,
  StateReason: row.reason,
  ...(row.reasonData !== null && { StateReasonData: row.reasonData }),
  StateUpdatedTimestamp: new Date(row.updatedAt),
  StateTransitionedTimestamp: new Date(row.transitionedAt),
})

const NO_ACTIONS = { OKActions: [], AlarmActions: [], InsufficientDataActions: [] }

export function metricAlarm(ctx: Ctx, row: AlarmRow): MetricAlarm {
  const definition = definitionOf<Metric>(row)
  const dimensions = definition.Metrics ? {} : { Dimensions: [] }
  const evaluation = row.evaluation === null ? {} : { EvaluationState: row.evaluation }
  return { ...NO_ACTIONS, ...dimensions, ...definition, ...stateOf(ctx, row), ...evaluation }
}

function compositeAlarm(ctx: Ctx, row: AlarmRow): CompositeAlarm {
  return {
    ...NO_ACTIONS,
    ...definitionOf<Composite>(row),
    ...stateOf(ctx, row),
    ...(row.suppressedBy !== null && {
      ActionsSuppressedBy: row.suppressedBy,
      ActionsSuppressedReason: row.suppressedReason ?? '',
    }),
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmsForMetric.html */
export function DescribeAlarmsForMetric(
  ctx: Ctx,
  input: In<'DescribeAlarmsForMetric'>,
): Out<'DescribeAlarmsForMetric'> {
  const wanted = dimensionsText(input.Dimensions)
  const rows = ctx.sql
    .all<AlarmRow>(`SELECT * FROM cloudwatch_alarms WHERE type = 'MetricAlarm' ORDER BY name`)
    .filter(row => {
      const { MetricName, Namespace, Dimensions, Statistic, ExtendedStatistic, Period, Unit } =
        definitionOf<Metric>(row)
      if (MetricName !== input.MetricName || Namespace !== input.Namespace) return false
      if (dimensionsText(Dimensions) !== wanted) return false
      const asked = {
        Statistic: input.Statistic,
        ExtendedStatistic: input.ExtendedStatistic,
        Period: input.Period,
        Unit: input.Unit,
      }
      const own = { Statistic, ExtendedStatistic, Period, Unit }
      return Object.entries(asked).every(
        ([name, value]) => value === undefined || own[name as keyof typeof own] === value,
      ) // its own keys
    })
  return { MetricAlarms: rows.map(row => metricAlarm(ctx, row)) }
}

/** Contributors are a log alarm's or a Metrics Insights alarm's: others have none. */
export function DescribeAlarmContributors(
  ctx: Ctx,
  { AlarmName }: In<'DescribeAlarmContributors'>,
): Out<'DescribeAlarmContributors'> {
  if (!alarmByName(ctx, AlarmName)) {
    throw new AwsError('ResourceNotFoundException', `Alarm ${AlarmName} does not exist`, 404, {
      ResourceType: 'Alarm',
      ResourceId: AlarmName,
    })
  }
  return { AlarmContributors: [] }
}
