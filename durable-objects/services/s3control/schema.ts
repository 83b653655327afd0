import type { ObjectLambdaConfiguration } from '../../../aws/models/s3control.types.ts'

/** Append-only. Times are epoch milliseconds of the namespace's clock. */
export const migrations: readonly string[] = [
  `
CREATE TABLE s3control_access_points (
  name TEXT PRIMARY KEY, alias TEXT NOT NULL UNIQUE, bucket TEXT NOT NULL, createdAt INTEGER NOT NULL, vpc TEXT,
  publicAccessBlock TEXT NOT NULL, policy TEXT
) WITHOUT ROWID;
CREATE INDEX s3control_access_points_bucket ON s3control_access_points (bucket, name);
CREATE TABLE s3control_object_lambda_points (
  name TEXT PRIMARY KEY, alias TEXT NOT NULL UNIQUE, createdAt INTEGER NOT NULL, configuration TEXT NOT NULL, policy TEXT
) WITHOUT ROWID;
CREATE TABLE s3control_responses (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, bytes INTEGER NOT NULL, token TEXT NOT NULL, route TEXT NOT NULL, statusCode INTEGER, body BLOB NOT NULL,
  size INTEGER NOT NULL, contentType TEXT, errorMessage TEXT, metadata TEXT NOT NULL
);`,
]

export type AccessPointRow = {
  name: string
  alias: string
  bucket: string
  createdAt: number
  /** The id of the VPC that it is for; null for the internet. */
  vpc: string | null
  /** JSON of AWS's PublicAccessBlockConfiguration. */
  publicAccessBlock: string
  policy: string | null
}

export type ObjectLambdaRow = {
  name: string
  alias: string
  createdAt: number
  /** JSON of AWS's ObjectLambdaConfiguration. */
  configuration: string
  policy: string | null
}

export function configurationOf({ configuration }: ObjectLambdaRow): ObjectLambdaConfiguration {
  return JSON.parse(configuration) as ObjectLambdaConfiguration // written by object-lambda.ts
}
