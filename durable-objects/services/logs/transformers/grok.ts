import { own } from '../../../../aws/own.ts'
import { regexOf } from '../regex/regex.ts'

/** The patterns of AWS's list that are used most. */
const PATTERNS: Readonly<Record<string, string>> = {
  WORD: '\\w+',
  NOTSPACE: '\\S+',
  SPACE: '\\s*',
  DATA: '.*?',
  GREEDYDATA: '.*',
  INT: '[+-]?[0-9]+',
  NUMBER: '[+-]?[0-9]+(?:\\.[0-9]+)?',
  BASE10NUM: '[+-]?[0-9]+(?:\\.[0-9]+)?',
  POSINT: '[1-9][0-9]*',
  NONNEGINT: '[0-9]+',
  USERNAME: '[a-zA-Z0-9._-]+',
  USER: '[a-zA-Z0-9._-]+',
  UUID: '[A-Fa-f0-9]{8}-(?:[A-Fa-f0-9]{4}-){3}[A-Fa-f0-9]{12}',
  IPV4: '[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}',
  IP: '[0-9A-Fa-f.:]+',
  HOSTNAME: '[0-9A-Za-z][0-9A-Za-z.-]*',
  IPORHOST: '[0-9A-Za-z][0-9A-Za-z.:-]*',
  HOSTPORT: '[0-9A-Za-z][0-9A-Za-z.-]*:[0-9]+',
  URIPATH: '/[^ ?]*',
  URI: '[A-Za-z]+://\\S+',
  LOGLEVEL: '[A-Za-z]+',
  QUOTEDSTRING: '"[^"]*"',
  TIMESTAMP_ISO8601:
    '[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?',
  HTTPDATE: '[0-9]{2}/[A-Za-z]{3}/[0-9]{4}:[0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4}',
  YEAR: '[0-9]{4}',
  MONTHNUM: '[0-9]{1,2}',
  MONTHDAY: '[0-9]{1,2}',
  TIME: '[0-9]{2}:[0-9]{2}(?::[0-9]{2})?',
}

/** Fields and their values, by a text; undefined when the text does not match. */
export type Grok = (text: string) => [path: string, value: string][] | undefined

/** Reads `%{IP:client} %{NUMBER:bytes}`; undefined where a pattern is not known, or the rest is no expression. */
export function grokOf(match: string): Grok | undefined {
  const fields: string[] = []
  let known = true
  const source = match.replace(/%\{(\w+)(?::([\w.@[\]-]+))?\}/g, (_whole, name: string, field: string | undefined) => {
    const pattern = own(PATTERNS, name)
    if (pattern === undefined) known = false
    if (field === undefined) return `(?:${pattern})`
    fields.push(field)
    return `(?<f${fields.length - 1}>${pattern})`
  })
  const regex = known ? regexOf(source) : undefined
  if (!regex) return undefined
  return text => {
    const groups = regex.groups(text)
    return groups && fields.map((field, at): [string, string] => [field, groups[`f${at}`] ?? ''])
  }
}
