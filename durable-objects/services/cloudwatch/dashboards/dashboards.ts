import { dropText, keepText, type KeptText, readText, textSize } from '../../../kernel/blobs/texts.ts'
import type { In, Out } from '../../../../aws/models/cloudwatch.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { arnOf } from '../../../../aws/arn.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { cloudwatchTags, deleteResource, pageOf, putResource, resourceOf } from '../resources.ts'
import { invalidValue, paging } from '../refusals.ts'

type Body = { text: KeptText }

const PAGE = 1000
const NAME = /^[A-Za-z0-9_-]{1,255}$/

export const dashboardArn = ({ place: { account } }: Ctx, name: string) =>
  arnOf({ service: 'cloudwatch', account, resource: `dashboard/${name}` })

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html */
export function PutDashboard(ctx: Tx, { DashboardName, DashboardBody, Tags }: In<'PutDashboard'>): Out<'PutDashboard'> {
  if (!NAME.test(DashboardName)) {
    throw invalidValue(
      `The value ${DashboardName} for field DashboardName contains invalid characters. It can only contain alphanumerics, dash (-) and underscore (_).\n`,
    )
  }
  checkBody(DashboardBody)
  const arn = dashboardArn(ctx, DashboardName)
  cloudwatchTags.check(arn, Tags)
  const before = resourceOf<Body>(ctx, 'dashboard', DashboardName)
  dropText(ctx, before?.body.text)
  putResource(ctx, 'dashboard', { name: DashboardName, body: { text: keepText(ctx, DashboardBody) } })
  if (!before) cloudwatchTags.set(ctx, arn, Tags)
  return { DashboardValidationMessages: [] }
}

function checkBody(text: string): void {
  const body = parsed(text)
  const messages =
    body === undefined
      ? [
          {
            Message: 'The field DashboardBody must be a valid JSON object',
          },
        ]
      : 'widgets' in body && !Array.isArray(body.widgets)
        ? [{ DataPath: '/widgets', Message: 'Should be array' }]
        : widgetErrors('widgets' in body ? body.widgets : [])
  if (messages.length === 0) return
  const message = `The dashboard body is invalid, there are validation errors in it: ${JSON.stringify(messages)}`
  throw new AwsError('DashboardInvalidInputError', message, 400, { dashboardValidationMessages: messages })
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null && !Array.isArray(body)
      ? (body as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

const TYPES = ['metric', 'text', 'log', 'alarm', 'explorer', 'custom', 'query']

function widgetErrors(widgets: unknown): { DataPath: string; Message: string }[] {
  return (widgets as unknown[]).flatMap((widget, i) => {
    const { type, properties } = Object(widget) as { type?: unknown; properties?: unknown } // any JSON
    if (typeof type !== 'string')
      return [{ DataPath: `/widgets/${i}`, Message: "Should have required property 'type'" }]
    if (!TYPES.includes(type))
      return [{ DataPath: `/widgets/${i}/type`, Message: 'Should be equal to one of the allowed values' }]
    return properties === undefined
      ? [{ DataPath: `/widgets/${i}`, Message: "Should have required property 'properties'" }]
      : []
  })
}

const missing = (name: string) => new AwsError('DashboardNotFoundError', `Dashboard ${name} does not exist`)

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetDashboard.html */
export function GetDashboard(ctx: Ctx, { DashboardName }: In<'GetDashboard'>): Out<'GetDashboard'> {
  const dashboard = resourceOf<Body>(ctx, 'dashboard', DashboardName)
  if (!dashboard) throw missing(DashboardName)
  return {
    DashboardArn: dashboardArn(ctx, DashboardName),
    DashboardBody: readText(ctx, dashboard.body.text),
    DashboardName,
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListDashboards.html */
export function ListDashboards(ctx: Ctx, input: In<'ListDashboards'>): Out<'ListDashboards'> {
  const { DashboardNamePrefix: prefix = '' } = input
  const refusal = () => invalidValue('The value for field NextToken is invalid.')
  const pages = { ...paging(input), size: PAGE, refusal }
  const { rows, next } = pageOf<Body>(ctx, pages, { kind: 'dashboard', prefix })
  const DashboardEntries = rows.map(({ name, body, updatedAt }) => ({
    DashboardName: name,
    DashboardArn: dashboardArn(ctx, name),
    LastModified: new Date(updatedAt),
    Size: textSize(body.text),
  }))
  return { DashboardEntries, NextToken: next }
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteDashboards.html */
export function DeleteDashboards(ctx: Tx, { DashboardNames }: In<'DeleteDashboards'>): Out<'DeleteDashboards'> {
  const unknown = DashboardNames.find(name => !resourceOf(ctx, 'dashboard', name))
  if (unknown !== undefined) throw missing(unknown)
  for (const name of DashboardNames) {
    dropText(ctx, resourceOf<Body>(ctx, 'dashboard', name)?.body.text)
    deleteResource(ctx, 'dashboard', name)
    cloudwatchTags.drop(ctx, dashboardArn(ctx, name))
  }
  return {}
}
