import type { Target } from '../../../aws/models/scheduler.types.ts'

/** Append-only. Times are epoch milliseconds of the namespace's clock. */
export const migrations: readonly string[] = [
  `
CREATE TABLE scheduler_groups (name TEXT PRIMARY KEY, state TEXT NOT NULL, createdAt INTEGER NOT NULL, modifiedAt INTEGER NOT NULL);
CREATE TABLE scheduler_schedules (
  id INTEGER PRIMARY KEY AUTOINCREMENT, groupName TEXT NOT NULL, name TEXT NOT NULL, createdAt INTEGER NOT NULL,
  modifiedAt INTEGER NOT NULL, state TEXT NOT NULL, settings TEXT NOT NULL, anchor INTEGER NOT NULL, nextAt INTEGER,
  lastFired INTEGER, UNIQUE (groupName, name)
);
CREATE INDEX scheduler_schedules_name ON scheduler_schedules (name, groupName);
CREATE TABLE scheduler_firings (
  id TEXT PRIMARY KEY, schedule INTEGER NOT NULL, scheduleArn TEXT NOT NULL, scheduledAt INTEGER NOT NULL,
  firedAt INTEGER NOT NULL, attempt INTEGER NOT NULL, target TEXT NOT NULL, traceId TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX scheduler_firings_schedule ON scheduler_firings (schedule);`,
]

export type GroupRow = { name: string; state: 'ACTIVE' | 'DELETING'; createdAt: number; modifiedAt: number }

/** A target with the defaults of what was left out. */
export type KeptTarget = Target & { RetryPolicy: { MaximumEventAgeInSeconds: number; MaximumRetryAttempts: number } }

/** What a schedule does and when, as it was last set, with AWS's defaults. Dates are in epoch milliseconds. */
export type Settings = {
  ScheduleExpression: string
  ScheduleExpressionTimezone: string
  StartDate?: number | undefined
  EndDate?: number | undefined
  Description?: string | undefined
  KmsKeyArn?: string | undefined
  Target: KeptTarget
  FlexibleTimeWindow: { Mode: string; MaximumWindowInMinutes?: number | undefined }
  ActionAfterCompletion: string
}

export type ScheduleRow = {
  id: number
  groupName: string
  name: string
  createdAt: number
  modifiedAt: number
  state: string
  /** JSON of `Settings`. */
  settings: string
  /** A rate without a start date counts from here. */
  anchor: number
  /** The next time it is scheduled for; null when there is none, or it is disabled. */
  nextAt: number | null
  lastFired: number | null
}

export type Schedule = Omit<ScheduleRow, 'settings'> & { settings: Settings }

/** One invocation under way, until its target took it or it was given up. */
export type FiringRow = {
  /** AWS's execution id. */
  id: string
  schedule: number
  scheduleArn: string
  scheduledAt: number
  firedAt: number
  /** From 1. */
  attempt: number
  /** JSON of the target as it was when the schedule fired. */
  target: string
  traceId: string
}

export function scheduleOf(row: ScheduleRow): Schedule {
  return { ...row, settings: JSON.parse(row.settings) as Settings } // written by Create- or UpdateSchedule
}
