import { INSIDE_HEADER } from '../durable-objects/shared/functions/contract.ts'

/** Whether a request came to an inner port from somebody who does not belong to this emulator. */
export function isStranger({ headers }: Request, { FAKECLOUD_INSIDE: secret }: { FAKECLOUD_INSIDE?: string }): boolean {
  return secret !== undefined && headers.get(INSIDE_HEADER) !== secret
}

export function refuseStranger(): Response {
  return new Response('This port is for the emulator itself\n', { status: 403 })
}
