/** Append-only: what leaves by deliveries and export tasks. */
export const DELIVERY_MIGRATIONS: readonly string[] = [
  `
CREATE TABLE logs_delivery_sources (
  name TEXT PRIMARY KEY, resourceArn TEXT NOT NULL, service TEXT NOT NULL, logType TEXT NOT NULL, configuration TEXT
) WITHOUT ROWID;
CREATE UNIQUE INDEX logs_delivery_sources_resource ON logs_delivery_sources (resourceArn, logType);
CREATE TABLE logs_delivery_destinations (
  name TEXT PRIMARY KEY, type TEXT NOT NULL, resourceArn TEXT, outputFormat TEXT, policy TEXT
) WITHOUT ROWID;
CREATE TABLE logs_deliveries (
  id TEXT PRIMARY KEY, source TEXT NOT NULL, destinationArn TEXT NOT NULL, type TEXT NOT NULL, settings TEXT NOT NULL,
  createdAt INTEGER NOT NULL, UNIQUE (source, destinationArn)
) WITHOUT ROWID;`,
  `
CREATE TABLE logs_export_tasks (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, settings TEXT NOT NULL, status TEXT NOT NULL, message TEXT,
  createdAt INTEGER NOT NULL, endedAt INTEGER
);`,
]

export type DeliverySourceRow = {
  name: string
  resourceArn: string
  service: string
  logType: string
  /** JSON: values by keys, where they were put. */
  configuration: string | null
}

export type DeliveryDestinationRow = {
  name: string
  type: 'S3' | 'CWL' | 'FH' | 'XRAY'
  /** Of the bucket (with a prefix perhaps), log group or stream; X-Ray has none. */
  resourceArn: string | null
  outputFormat: string | null
  policy: string | null
}

export type DeliveryRow = {
  id: string
  source: string
  destinationArn: string
  type: DeliveryDestinationRow['type']
  /** JSON: recordFields, fieldDelimiter, s3DeliveryConfiguration. */
  settings: string
  createdAt: number
}

export type ExportTaskRow = {
  seq: number
  id: string
  /** JSON: CreateExportTask's input, with its defaults. */
  settings: string
  status: 'PENDING' | 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED'
  /** Why it failed. */
  message: string | null
  createdAt: number
  endedAt: number | null
}
