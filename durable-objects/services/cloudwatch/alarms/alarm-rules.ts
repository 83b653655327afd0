import type { In } from '../../../../aws/models/cloudwatch.types.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { parseArn } from '../../../../aws/arn.ts'
import { periodOf, queriesOf } from './alarm-queries.ts'
import { callsOf, namesOf } from '../math/parser.ts'
import { readQueries, type ReadQuery } from '../metrics/metric-queries.ts'
import { validationError } from '../refusals.ts'
import { readStatistic } from '../metrics/statistics.ts'

type Definition = In<'PutMetricAlarm'>

const DAY = 86_400
const MISSING = ['breaching', 'notBreaching', 'ignore', 'missing']
const LOW_SAMPLES = ['evaluate', 'ignore']

/** @throws ValidationError */
export function checkAlarm(definition: Definition): void {
  checkBuilt(definition)
  checkActions(definition)
  if (!definition.ComparisonOperator) throw validationError('The parameter ComparisonOperator is required.')
  if (definition.EvaluationPeriods === undefined) throw validationError('The parameter EvaluationPeriods is required.')
  if (definition.Metrics) checkMath(definition)
  else checkSingle(definition)
  checkThreshold(definition)
  checkOption('TreatMissingData', definition.TreatMissingData, MISSING)
  checkOption('EvaluateLowSampleCountPercentile', definition.EvaluateLowSampleCountPercentile, LOW_SAMPLES)
  checkWindow(definition)
}

/** What would change how an alarm is evaluated, and does not yet, must not seem to. */
function checkBuilt({ EvaluationCriteria, WarmUpConfiguration }: Definition): void {
  const missing = EvaluationCriteria ? 'EvaluationCriteria' : WarmUpConfiguration ? 'WarmUpConfiguration' : undefined
  if (missing) throw new AwsError('NotImplemented', `cloudwatch.PutMetricAlarm with ${missing} is not implemented`, 501)
}

type Actions = Pick<Definition, 'AlarmActions' | 'OKActions' | 'InsufficientDataActions'>

export function checkActions({ AlarmActions = [], OKActions = [], InsufficientDataActions = [] }: Actions): void {
  const wrong = [...AlarmActions, ...OKActions, ...InsufficientDataActions].find(action => !parseArn(action))
  if (wrong !== undefined) throw validationError(`Invalid arn syntax: ${wrong}`)
}

function checkSingle({ MetricName, Namespace, Statistic, ExtendedStatistic, Period }: Definition): void {
  const required = { MetricName, Namespace, Period }
  for (const [name, value] of Object.entries(required)) {
    if (value === undefined) throw validationError(`The parameter ${name} is required.`)
  }
  if (Statistic !== undefined && ExtendedStatistic !== undefined) {
    throw validationError(
      'The parameters Statistic and ExtendedStatistic are mutually exclusive and you have specified both.',
    )
  }
  if (Statistic === undefined && ExtendedStatistic === undefined) {
    throw validationError('At least one of the parameters Statistic and ExtendedStatistic must be specified.')
  }
  if (ExtendedStatistic !== undefined && !readStatistic(ExtendedStatistic)) {
    throw validationError(`The value ${ExtendedStatistic} for parameter ExtendedStatistic is not supported.`)
  }
}

function checkMath(definition: Definition): void {
  const single = ['MetricName', 'Namespace', 'Statistic', 'ExtendedStatistic', 'Period', 'Dimensions', 'Unit'] as const
  const both = single.find(name => definition[name] !== undefined)
  if (both)
    throw validationError(`The parameters ${both} and Metrics are mutually exclusive and you have specified both.`)
  const queries = readQueries(definition.Metrics ?? [], 'Metrics')
  const returned = queries.filter(
    ({ query }) => query.ReturnData !== false && query.Id !== definition.ThresholdMetricId,
  )
  if (returned.length !== 1) throw validationError('Exactly one element of the metrics list should return data.')
  if (queries.some(isSearch)) throw validationError('SEARCH is not supported on Metric Alarms.')
  checkReferences(queries)
}

const isSearch = ({ node }: ReadQuery) => node !== undefined && callsOf(node).includes('SEARCH')

/** Ids begin with a small letter, the language's own words do not. */
function checkReferences(queries: readonly ReadQuery[]): void {
  const ids = queries.map(({ query }) => query.Id)
  const names = queries.flatMap(({ node }) => (node ? namesOf(node) : []))
  const unknown = names.find(name => /^[a-z]/.test(name) && !ids.includes(name))
  if (unknown !== undefined) throw validationError(`The metrics list contains no element with the id ${unknown}.`)
}

function checkThreshold({ Threshold, ThresholdMetricId, Metrics = [], ComparisonOperator = '' }: Definition): void {
  const isBand = /Lower|Upper/.test(ComparisonOperator)
  if (Threshold !== undefined && ThresholdMetricId !== undefined) {
    throw validationError(
      'The parameters Threshold and ThresholdMetricId are mutually exclusive and you have specified both.',
    )
  }
  if (isBand !== (ThresholdMetricId !== undefined)) {
    throw validationError(
      `The comparison ${ComparisonOperator} requires ${isBand ? 'ThresholdMetricId' : 'Threshold'}.`,
    )
  }
  if (!isBand && Threshold === undefined) throw validationError('The parameter Threshold is required.')
  if (isBand && !Metrics.some(({ Id }) => Id === ThresholdMetricId)) {
    throw validationError(`ThresholdMetricId ${ThresholdMetricId} does not exist in the Metrics list.`)
  }
}

function checkOption(name: string, value: string | undefined, options: readonly string[]): void {
  if (value === undefined || options.includes(value)) return
  throw validationError(`Option ${value} is not supported. Supported options for ${name} are [${options.join(', ')}].`)
}

function checkWindow(definition: Definition): void {
  const { EvaluationPeriods = 1, DatapointsToAlarm } = definition
  const period = periodOf(queriesOf(definition))
  if (![10, 20, 30].includes(period) && (period < 60 || period % 60 !== 0)) {
    throw validationError(`The period ${period} is invalid: it must be 10, 20, 30 or a multiple of 60.`)
  }
  const most = period >= 3600 ? 7 * DAY : DAY
  if (EvaluationPeriods * period > most) {
    const days = most === DAY ? 'a day' : '7 days'
    throw validationError(
      `Metrics cannot be checked across more than ${days} (EvaluationPeriods * Period must be <= ${most}).`,
    )
  }
  if (DatapointsToAlarm !== undefined && DatapointsToAlarm > EvaluationPeriods) {
    throw validationError('DatapointsToAlarm must be less than or equal to EvaluationPeriods.')
  }
}

/** How often an alarm is evaluated, in milliseconds. */
export function stepOf(definition: Definition): number {
  if (definition.EvaluationInterval !== undefined) return definition.EvaluationInterval * 1000
  const period = periodOf(queriesOf(definition))
  if (period < 60) return 10_000
  return period * (definition.EvaluationPeriods ?? 1) > DAY ? 3_600_000 : 60_000
}
