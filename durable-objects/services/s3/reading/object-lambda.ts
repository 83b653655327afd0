import { AwsError } from '../../../../aws/errors.ts'

/** Tokens that say where their caller waits go there: what comes here is none. */
export function WriteGetObjectResponse(): never {
  throw new AwsError('InvalidToken', 'The provided token is malformed or otherwise invalid.', 400)
}
