import { invalidParameter } from '../errors.ts'

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
const RESERVED = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_DEFAULT_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
])

const UNABLE =
  'Lambda was unable to configure your environment variables because the environment variables you have provided'
const MAX_BYTES = 4096

/** @throws InvalidParameterValueException for keys that are Lambda's own, or more than 4 KB in all */
export function checkEnvironment(variables: Record<string, string>): void {
  const reserved = Object.keys(variables).filter(key => RESERVED.has(key))
  if (reserved.length > 0) {
    throw invalidParameter(
      `${UNABLE} contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(', ')}`,
    )
  }
  const measured = JSON.stringify(variables)
  if (new TextEncoder().encode(measured).byteLength > MAX_BYTES) {
    throw invalidParameter(`${UNABLE} exceeded the 4KB limit. String measured: ${measured}`)
  }
}
