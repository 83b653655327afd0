import { parseArn } from '../../aws/arn.ts'

/** A URL of the queue that an ARN names, for a request of one's own to SQS. */
export function queueUrlOfArn(arn: string): string {
  const { region = '', account = '', resource = '' } = parseArn(arn) ?? {}
  return `https://sqs.${region}.amazonaws.com/${account}/${resource}`
}
