/** What a peer sent is not HTTP as we take it. */
export class Malformed extends Error {
  readonly status: keyof typeof REASONS

  constructor(message: string, status: keyof typeof REASONS = 400) {
    super(message)
    this.status = status
  }
}

const REASONS = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
  501: 'Not Implemented',
  503: 'Service Unavailable',
} as const

/** A whole response that ends its connection. */
export function refusal(status: keyof typeof REASONS, message: string): string {
  const body = `${REASONS[status]}: ${message}\n`
  return [
    `HTTP/1.1 ${status} ${REASONS[status]}`,
    'content-type: text/plain; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n')
}
