import { AwsError } from '../errors.ts'
import type { ServiceModel } from './model.ts'
import type { WireForm } from './types.ts'

/** Nesting beyond which a body is refused rather than followed. */
export const MOST_NESTED = 256

export const serialization = (message = '') => new AwsError('SerializationException', message, 400)

export const malformedXml = () =>
  new AwsError(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
    400,
  )

/** What a codec throws for a value of the wrong form; each wire form has its own code for it. */
export type Refuse = (message: string) => AwsError

export function refusalOf(model: ServiceModel, form: WireForm): Refuse {
  if (form === 'rest-xml') {
    return model.name === 's3' || model.name === 's3control' ? malformedXml : malformedInput
  }
  return form === 'query' || form === 'ec2' ? malformedInput : serialization
}

const malformedInput: Refuse = message => new AwsError('MalformedInput', message, 400)
