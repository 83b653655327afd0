import { invalidParameter } from '../refusals.ts'

type Document = { Fields?: string[]; FieldsV2?: Record<string, { type: string }> }

const MAX_FIELDS = 20
const TYPES = ['FIELD_INDEX', 'FACET']

const refusal = (reason: string) => invalidParameter(`Invalid field index policy document: ${reason}`)

/** Refuses what is no field index policy: `{"Fields": ["requestId"], "FieldsV2": {"status": {"type": "FACET"}}}`. */
export function checkIndexDocument(text: string): void {
  const { Fields = [], FieldsV2 = {} } = parse(text)
  if (!Array.isArray(Fields) || Fields.some(field => typeof field !== 'string' || field === '')) {
    throw refusal('Fields must be a list of names.')
  }
  if (typeof FieldsV2 !== 'object' || FieldsV2 === null || Array.isArray(FieldsV2)) {
    throw refusal('FieldsV2 must be an object.')
  }
  if (Object.values(FieldsV2).some(field => !TYPES.includes(field?.type))) {
    throw refusal(`The type of a field must be one of ${TYPES.join(', ')}.`)
  }
  const names = [...Fields, ...Object.keys(FieldsV2)]
  if (names.length === 0) throw refusal('It has no fields.')
  if (names.length > MAX_FIELDS) throw refusal(`It has more than ${MAX_FIELDS} fields.`)
  if (new Set(names).size < names.length) throw refusal('A field is named twice.')
}

function parse(text: string): Document {
  try {
    const document: unknown = JSON.parse(text)
    if (typeof document === 'object' && document !== null) return document as Document // its members are checked above
  } catch {
    // Not JSON: refused below with everything else that is no object.
  }
  throw refusal('It is no JSON object.')
}

/** The names of the fields of a document that was checked. */
export function fieldsOfDocument(text: string): string[] {
  const { Fields = [], FieldsV2 = {} } = parse(text)
  return [...Fields, ...Object.keys(FieldsV2)]
}
