import { invalidParameter } from './refusals.ts'

const MAX_LISTED = 1000

type Paged = { NextToken?: string | undefined; MaxResults?: number | undefined }

/** How the listings page. AWS gives a token only to who names a size. */
export function paging({ NextToken: token, MaxResults, ...of }: Paged) {
  const size = MaxResults || MAX_LISTED
  if (size < 1 || size > MAX_LISTED) {
    const reason = `MaxResults must be an integer between 1 and ${MAX_LISTED}`
    throw invalidParameter(`Value for parameter MaxResults is invalid. Reason: ${reason}.`)
  }
  return { token, size, of, refusal: () => invalidParameter('Invalid or expired next token.') }
}
