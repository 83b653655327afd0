import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  SchedulerClient,
  type Target,
} from '@aws-sdk/client-scheduler'
import { type TestClients, testClients } from './clients.ts'

export const ROLE = 'arn:aws:iam::123456789012:role/not-in-iam'
export const OFF = { Mode: 'OFF' } as const

/** What a test of schedules works with; the clock stands still at `at`, when given. */
export async function setUpScheduler(at?: string) {
  const aws = testClients()
  const scheduler = aws.client(SchedulerClient)
  if (at) await aws.admin('POST', '/_fakecloud/clock/freeze', { at })
  const create = (Name: string, ScheduleExpression: string, more: ScheduleSettings) =>
    scheduler.send(
      new CreateScheduleCommand({
        Name,
        ScheduleExpression,
        FlexibleTimeWindow: OFF,
        ...more,
        Target: { RoleArn: ROLE, ...more.Target },
      }),
    )
  return { aws, scheduler, create, advance: (by: object) => advance(aws, by) }
}

type ScheduleSettings = Omit<Partial<CreateScheduleCommandInput>, 'Target'> & {
  Target: Partial<Target> & { Arn: string }
}

const advance = (aws: TestClients, by: object) =>
  aws.admin<{ now: string; timers: number }>('POST', '/_fakecloud/clock/advance', by)
