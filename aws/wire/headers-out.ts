import type { AnswerHeaders } from './headers.ts'
import { encodeBase64 } from './base64.ts'
import type { Member, Shape } from './shapes.ts'
import { MEMBER } from './table.ts'
import { toText } from './text-values.ts'

const encoder = new TextEncoder()
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/** Sets the headers that members are bound to. */
export function writeHeaders(headers: AnswerHeaders, bound: readonly Member[], source: Record<string, unknown>): void {
  for (const member of bound) {
    const value = source[member.name]
    if (value === undefined || value === null) continue
    if (member.flags & MEMBER.header) setHeader(headers, member.wire, headerText(member.shape, value, member))
    if (member.flags & MEMBER.prefixHeaders) {
      for (const [name, text] of Object.entries(value)) setHeader(headers, member.wire + name, String(text))
    }
  }
}

function headerText(shape: Shape, value: unknown, member: Member): string {
  if (shape.kind === 'list') {
    const items = Array.from(value as Iterable<unknown>, item => headerText(shape.member, item, member))
    return items.join(', ')
  }
  if (shape.kind === 'structure' || shape.kind === 'map') return JSON.stringify(value)
  return toText(shape, value, { format: 'rfc822' }, member)
}

/**
 * Sets a header whatever its value is: what HTTP cannot carry goes as RFC 2047 has it, as S3 answers user metadata.
 * A name that is no token is left out.
 */
export function setHeader(headers: AnswerHeaders, name: string, value: string): void {
  if (!TOKEN.test(name)) return
  headers.set(
    name.toLowerCase(),
    /^[\t\x20-\x7e]*$/.test(value) ? value : `=?UTF-8?B?${encodeBase64(encoder.encode(value))}?=`,
  )
}
