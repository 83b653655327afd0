import type { AwsError } from '../../../aws/errors.ts'
import type { Tag } from './tags.ts'

/** Tags that a request would set on a resource. */
export type Asked = {
  resource: string
  given: readonly Tag[]
  /** Keys of those that are given, as the service tells them apart. */
  keys: readonly string[]
  /** How many tags the resource would have. */
  count: number
}

/** One of a service's refusals, in its own words; a service has them in the order in which AWS looks. */
export type Rule = (asked: Asked) => AwsError | undefined

export const keysWithin =
  (least: number, most: number, refusal: (key: string) => AwsError): Rule =>
  ({ given }) => {
    const bad = given.find(({ key }) => lengthOf(key) < least || lengthOf(key) > most)
    return bad && refusal(bad.key)
  }

export const valuesWithin =
  (most: number, refusal: (value: string) => AwsError): Rule =>
  ({ given }) => {
    const bad = given.find(({ value }) => lengthOf(value) > most)
    return bad && refusal(bad.value)
  }

/** Keys that start with `aws:`, in whatever case, are AWS's own. */
export const notReserved =
  (refusal: (key: string) => AwsError): Rule =>
  ({ given }) => {
    const bad = given.find(({ key }) => /^aws:/i.test(key))
    return bad && refusal(bad.key)
  }

export const notTwice =
  (refusal: (key: string) => AwsError): Rule =>
  ({ keys }) => {
    const twice = keys.find((key, at) => keys.indexOf(key) < at)
    return twice === undefined ? undefined : refusal(twice)
  }

export const atMost =
  (most: number, refusal: (asked: Asked) => AwsError): Rule =>
  asked =>
    asked.count > most ? refusal(asked) : undefined

/** In characters, as AWS counts, not in halves of them. */
const lengthOf = (text: string) => [...text].length
