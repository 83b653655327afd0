/** A refusal as AWS states it: exact code, exact message, HTTP status, and the extra fields some errors carry. */
export class AwsError extends Error {
  override readonly name = 'AwsError'
  readonly code: string
  readonly status: number
  readonly fields: Record<string, unknown>

  /**
   * @param code AWS's error code: the model's shape name for a modelled error, the wire code otherwise
   * @param message AWS's message, word for word
   * @param status HTTP status; 0 takes the model's status for that error, else 400
   * @param fields further members of the error (`BucketName`, `Key`, `Reason`…), by their model names
   */
  constructor(code: string, message = '', status = 0, fields: Record<string, unknown> = {}) {
    super(message)
    this.code = code
    this.status = status
    this.fields = fields
  }
}

/** An AwsError as plain data: how errors travel between objects, where classes do not survive. */
export type ErrorData = { code: string; message: string; status: number; fields: Record<string, unknown> }

export function errorData(error: AwsError): ErrorData {
  return { code: error.code, message: error.message, status: error.status, fields: error.fields }
}

export function errorFromData(data: ErrorData): AwsError {
  return new AwsError(data.code, data.message, data.status, data.fields)
}

/** An error in one line, as the journal gives it. */
export function reasonOf({ code, message }: ErrorData): string {
  return message ? `${code}: ${message}` : code
}
