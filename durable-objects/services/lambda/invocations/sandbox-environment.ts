import type { Env } from '../../../kernel/env.ts'
import { DEFAULT_NAMESPACE, type Place } from '../../../../aws/place.ts'
import type { Credentials } from '../../../kernel/namespace/credentials.ts'
import { nodeMajor } from '../functions/runtimes.ts'
import { type StoredConfiguration, type VersionRow, versionName } from '../schema.ts'

export type SandboxFacts = {
  row: VersionRow
  configuration: StoredConfiguration
  place: Place
  logGroup: string
  logStream: string
  credentials: Credentials
  endpointUrl: string
}

/**
 * The variables that a function sees: AWS's own, then the function's.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export function sandboxEnvironment(facts: SandboxFacts): Record<string, string> {
  const { row, configuration, place, credentials } = facts
  const runtime = configuration.Runtime ?? ''
  const node = `node${nodeMajor(runtime)}`
  return {
    AWS_LAMBDA_FUNCTION_NAME: row.name,
    AWS_LAMBDA_FUNCTION_VERSION: versionName(row.number),
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.MemorySize),
    AWS_LAMBDA_LOG_GROUP_NAME: facts.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: facts.logStream,
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_REGION: place.region,
    AWS_DEFAULT_REGION: place.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
    AWS_ACCESS_KEY_ID: credentials.AccessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.SecretAccessKey,
    AWS_SESSION_TOKEN: credentials.SessionToken,
    AWS_ENDPOINT_URL: facts.endpointUrl,
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    _HANDLER: configuration.Handler ?? '',
    LAMBDA_TASK_ROOT: '/var/task',
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
    LD_LIBRARY_PATH: '/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib',
    NODE_PATH: `/opt/nodejs/${node}/node_modules:/opt/nodejs/node_modules:/var/runtime/node_modules:/var/runtime:/var/task`,
    TZ: ':UTC',
    LANG: 'en_US.UTF-8',
    ...loggingVariables(configuration),
    ...configuration.Environment?.Variables,
  }
}

function loggingVariables({ LoggingConfig }: StoredConfiguration): Record<string, string> {
  if (LoggingConfig?.LogFormat !== 'JSON') return { AWS_LAMBDA_LOG_FORMAT: 'Text' }
  return { AWS_LAMBDA_LOG_FORMAT: 'JSON', AWS_LAMBDA_LOG_LEVEL: LoggingConfig.ApplicationLogLevel ?? 'INFO' }
}

/**
 * Where SDKs find us: what they sign there is good outside the function too, in its namespace.
 * @param origin where others do, for a deployment that knows no better
 */
export function endpointUrl(env: Env, namespace: string, origin = 'http://localhost:4566'): string {
  const { FAKECLOUD_EXTERNAL_URL: external, FAKECLOUD_PORT: port } = env
  const root = external?.replace(/\/+$/, '') || (port ? `http://localhost:${port}` : origin)
  return namespace === DEFAULT_NAMESPACE ? root : `${root}/_ns/${namespace}`
}
