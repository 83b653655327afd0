import { AwsError } from '../../../../aws/errors.ts'
import { invalidArgument } from '../objects/object-refusals.ts'

/** Entries of a page at most. */
const MOST = 1000
const INT32 = 2_147_483_647

/** How many entries a page has. @throws AwsError InvalidArgument */
export function pageLimit(asked: number | undefined, name: string): number {
  if (asked === undefined) return MOST
  if (asked >= 0) return Math.min(asked, MOST)
  const argument = name === 'max-keys' ? 'maxKeys' : name
  throw invalidArgument(`Argument ${argument} must be an integer between 0 and ${INT32}`, name, String(asked))
}

/** What `encoding-type` does to the texts of a listing. @throws AwsError InvalidArgument */
export function encodingOf(type: string | undefined): (text: string) => string {
  if (type === undefined) return text => text
  if (type === 'url') return urlEncoded
  throw invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type', type)
}

/** As Java's URLEncoder has it, slashes left as they are. */
export function urlEncoded(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()~]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
    .replaceAll('%2F', '/')
}

export function incorrectToken(): AwsError {
  return new AwsError('InvalidArgument', 'The continuation token provided is incorrect', 400, {
    ArgumentName: 'continuation-token',
  })
}
