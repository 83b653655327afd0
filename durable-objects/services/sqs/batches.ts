import { AwsError } from '../../../aws/errors.ts'
import { missingParameter, QUERY_CODES } from './refusals.ts'

export type BatchEntry = { Id: string }

/** An entry of a batch that was refused, as its answer lists it. */
export type Failure = { Id: string; SenderFault: boolean; Code: string; Message: string }

const MAX_ENTRIES = 10
const ID = /^[A-Za-z0-9_-]{1,80}$/

/**
 * Checks what concerns a batch as a whole.
 * @param shape AWS's name of an entry, for its texts
 * @returns the entries
 * @throws AwsError EmptyBatchRequest, TooManyEntriesInBatchRequest, InvalidBatchEntryId, BatchEntryIdsNotDistinct
 */
export function inBatch<Entry extends BatchEntry>(
  shape: string,
  entries: readonly Entry[] | undefined,
): readonly Entry[] {
  if (!entries) throw missingParameter('Entries')
  if (entries.length === 0) {
    throw new AwsError('EmptyBatchRequest', `There should be at least one ${shape} in the request.`)
  }
  if (entries.length > MAX_ENTRIES) {
    const message = `Maximum number of entries per request are ${MAX_ENTRIES}. You have sent ${entries.length}.`
    throw new AwsError('TooManyEntriesInBatchRequest', message)
  }
  const seen = new Set<string>()
  for (const [i, { Id }] of entries.entries()) {
    if (Id === undefined || Id === null) throw missingParameter(`${shape}.${i + 1}.Id`)
    if (!ID.test(Id)) throw invalidEntryId()
  }
  for (const { Id } of entries) {
    if (seen.has(Id)) throw new AwsError('BatchEntryIdsNotDistinct', `Id ${Id} repeated.`)
    seen.add(Id)
  }
  return entries
}

function invalidEntryId(): AwsError {
  const message =
    'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.'
  return new AwsError('InvalidBatchEntryId', message)
}

/** How an entry's refusal stands in the answer: AWS gives the bare reason there. */
export function failureOf(Id: string, error: AwsError): Failure {
  const reason = / is invalid\. Reason: (.*)\.$|are invalid\. Reason: (.*)\.$/s.exec(error.message)
  const Message = reason?.[1] ?? reason?.[2] ?? error.message
  return { Id, SenderFault: true, Code: QUERY_CODES[error.code] ?? error.code, Message }
}

/** Does each entry of a batch on its own and sorts what came of them; lists that are empty are left out, as AWS does. */
export function eachEntry<Entry extends BatchEntry>(
  entries: readonly Entry[],
  work: (entry: Entry, position: number) => void,
): { Successful?: { Id: string }[]; Failed?: Failure[] } {
  const Successful: { Id: string }[] = []
  const Failed: Failure[] = []
  for (const [i, entry] of entries.entries()) {
    try {
      work(entry, i + 1)
      Successful.push({ Id: entry.Id })
    } catch (thrown) {
      if (!(thrown instanceof AwsError)) throw thrown
      Failed.push(failureOf(entry.Id, thrown))
    }
  }
  return { ...(Successful.length > 0 && { Successful }), ...(Failed.length > 0 && { Failed }) }
}
