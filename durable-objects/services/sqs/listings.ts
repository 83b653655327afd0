import { invalidParameter } from './refusals.ts'

const MAX_LISTED = 1000

/** How many results a listing gives, and whether it is one of pages: AWS gives a token only to who names a size. */
export function pageSize(maxResults: number | undefined): { size: number; paged: boolean } {
  if (maxResults === undefined || maxResults === 0) return { size: MAX_LISTED, paged: false }
  if (maxResults >= 1 && maxResults <= MAX_LISTED) return { size: maxResults, paged: true }
  const reason = `MaxResults must be an integer between 1 and ${MAX_LISTED}`
  throw invalidParameter(`Value for parameter MaxResults is invalid. Reason: ${reason}.`)
}

export const invalidToken = () => invalidParameter('Invalid or expired next token.')
