import { XMLParser } from 'fast-xml-parser'
import { AwsError } from '../../../aws/errors.ts'

/** What a SAML response says. Times are in epoch milliseconds. */
export type Assertion = {
  issuer: string
  subject: string
  /** `persistent`, `transient`, or the whole name of another format. */
  subjectType: string
  audience: string
  /** When the assertion may no longer be used; undefined when it does not say. */
  until: number | undefined
  attributes: Map<string, string[]>
}

type Node = { [name: string]: unknown }

const invalid = (message: string) => new AwsError('InvalidIdentityTokenException', message)

/**
 * Reads a SAML response in base64; its signature is not checked.
 * @throws InvalidIdentityToken
 */
export function readAssertion(encoded: string): Assertion {
  const assertion = assertionOf(Buffer.from(encoded, 'base64').toString())
  const subject = child(assertion, 'Subject')
  const name = child(subject, 'NameID')
  const confirmation = child(child(subject, 'SubjectConfirmation'), 'SubjectConfirmationData')
  const issuer = textOf(assertion.Issuer)
  const audience = textOf(confirmation['@_Recipient'])
  if (issuer === '' || audience === '') throw invalid('Response is missing its issuer or recipient')
  const ends = [confirmation, child(assertion, 'Conditions')].map(node => Date.parse(textOf(node['@_NotOnOrAfter'])))
  const known = ends.filter(end => !Number.isNaN(end))
  return {
    issuer,
    subject: textOf(subject.NameID),
    subjectType: textOf(name['@_Format']).replace(/^urn:oasis:names:tc:SAML:2\.0:nameid-format:/, ''),
    audience,
    until: known.length > 0 ? Math.min(...known) : undefined,
    attributes: attributesOf(assertion),
  }
}

function assertionOf(xml: string): Node {
  const options = { ignoreAttributes: false, removeNSPrefix: true, parseTagValue: false, processEntities: false }
  try {
    const tree: unknown = new XMLParser(options).parse(xml)
    const assertion = child(child(asNode(tree), 'Response'), 'Assertion')
    if (Object.keys(assertion).length > 0) return assertion
  } catch {
    // What the parser refuses is no response either.
  }
  throw invalid('Invalid base64 SAMLResponse')
}

function attributesOf(assertion: Node): Map<string, string[]> {
  const attributes = listOf(child(assertion, 'AttributeStatement').Attribute).map(asNode)
  return new Map(attributes.map(node => [textOf(node['@_Name']), listOf(node.AttributeValue).map(textOf)]))
}

function asNode(value: unknown): Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Node) : {} // just checked
}

/** A child element; the first of several. */
const child = (node: Node, name: string): Node => asNode(listOf(node[name])[0])

function listOf(value: unknown): unknown[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}

/** An element's text, with or without attributes. */
function textOf(value: unknown): string {
  const text = typeof value === 'object' ? asNode(value)['#text'] : value
  return typeof text === 'string' ? text.trim() : ''
}
